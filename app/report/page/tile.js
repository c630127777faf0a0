// A click on a tile, or Enter where it has the focus, tells its figures as text: a line for each core that it
// holds, and the flits that left it. The same tile is marked in every picture.
'use strict';
(() => {
  const panel = document.getElementById('tile');
  if (!panel) return;
  const report = JSON.parse(document.getElementById('report').textContent);

  const grouped = number => number.toLocaleString('en-US');

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function table(head, rows) {
    const made = element('table'), top = made.createTHead().insertRow(), body = made.createTBody();
    for (const text of head) top.append(element('th', text, {scope: 'col'}));
    for (const row of rows) {
      const line = body.insertRow();
      row.forEach((text, i) => line.append(i === 0 ? element('th', text, {scope: 'row'}) : element('td', text)));
    }
    return made;
  }

  function show(index) {
    const tile = report.fabric.tiles[index];
    const cores = tile.cores || [tile];  // of several cores the tile alone knows how long they were busy
    const column = (name, key) => [name, ...cores.map(core => grouped(core[key]))];
    panel.replaceChildren(
      element('h3', `Tile ${tile.x}, ${tile.y}`),
      table(['', ...cores.map((core, i) => cores.length > 1 ? `${i}: ${core.population}` : core.population)], [
        column('neurons', 'neurons'), column('axons', 'axons'), column('synapses', 'synapses'),
        ['busy cycles', grouped(tile.busy_cycles)], ['stalled cycles', grouped(tile.stall_cycles)]]),
      table(['flits to the', 'north', 'east', 'south', 'west', 'port'], [[
        '', ...['north', 'east', 'south', 'west', 'edge'].map(side => grouped(tile['flits_' + side]))]]));
    for (const core of document.querySelectorAll('.core'))
      core.classList.toggle('chosen', core.dataset.tile === String(index));
  }

  // At first the tile that has most to do.
  const busiest = report.fabric.tiles.reduce(
    (best, tile, i, all) => tile.population !== '' && (best < 0 || tile.busy_cycles > all[best].busy_cycles) ? i : best,
    -1);
  if (busiest >= 0) show(busiest);

  for (const core of document.querySelectorAll('.core')) {
    core.addEventListener('click', () => show(Number(core.dataset.tile)));
    core.addEventListener('keydown', event => {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        show(Number(core.dataset.tile));
      }
    });
  }
})();
