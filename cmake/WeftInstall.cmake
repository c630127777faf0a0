# Filled in by the packaging work: install(), export, weft-config.cmake.
