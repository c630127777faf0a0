// The events of the run, unpacked from the page into flat arrays that are ascending by the cycles shown:
// cycle[i], place[i] = tile * 16 + kind, and of an update its neuron[i]. The cycles shown have no gaps; steps
// tell where they lie in the run.
'use strict';
const weftEvents = (() => {
  const source = JSON.parse(document.getElementById('replay-data').textContent);
  const text = atob(source.data);
  const cycle = new Float64Array(source.events);
  const place = new Uint32Array(source.events);
  const neuron = new Uint32Array(source.events);
  const kUpdate = 5;

  let at = 0;
  function varint() {
    let value = 0, scale = 1;
    for (;;) {
      const next = text.charCodeAt(at++);
      value += (next & 127) * scale;
      if (next < 128) return value;
      scale *= 128;
    }
  }
  for (let i = 0, now = 0; i < source.events; ++i) {
    cycle[i] = now += varint();
    place[i] = varint();
    if ((place[i] & 15) === kUpdate) neuron[i] = varint();
  }

  const steps = source.steps.map(([step, first, length, shown]) => ({step, first, length, shown}));
  const last = steps[steps.length - 1];

  // The first number below `size` for which `holds` is true; it is false before, and true from there on.
  function firstWhere(size, holds) {
    let low = 0, high = size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  return {
    width: source.width, height: source.height, size: source.events, cycle, place, neuron, steps,
    shown: last.shown + last.length,
    firstAfter: time => firstWhere(source.events, i => cycle[i] > time),
    stepAt: time => steps[Math.max(0, firstWhere(steps.length, i => steps[i].shown > time) - 1)],
  };
})();

// What both pictures share: the tiles' populations in the order of the placed cores, and their colors.
const weftPaint = (() => {
  const colors = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442', '#999999'];
  const report = JSON.parse(document.getElementById('report').textContent);
  const tiles = report.fabric ? report.fabric.tiles : [];
  const order = [...new Set(tiles.map(tile => tile.population).filter(name => name !== ''))];
  return {
    tiles,
    population: tile => tiles[tile] && tiles[tile].population !== '' ? order.indexOf(tiles[tile].population) : -1,
    color: population => population < 0 ? '#999999' : colors[population % colors.length],
    style: name => getComputedStyle(document.documentElement).getPropertyValue(name).trim(),
    // A canvas at the screen's own resolution, `height` high in units of the page.
    fit: (canvas, height) => {
      const sharp = window.devicePixelRatio || 1;
      canvas.style.height = height + 'px';
      canvas.width = Math.max(1, Math.round(canvas.clientWidth * sharp));
      canvas.height = Math.max(1, Math.round(height * sharp));
      return sharp;
    },
    // Calls `draw` whenever the page's width or its light changes.
    whenLooksChange: draw => {
      window.addEventListener('resize', draw);
      window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
    },
  };
})();
