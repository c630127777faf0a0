// The raster: a row for each neuron that has a result, tile by tile in the order of the populations, squeezed
// into the canvas; where rows share a pixel it gets darker with their number. Drawn once for each size of the
// page, with a line over it at the time of the replay.
'use strict';
const weftRaster = (() => {
  const events = weftEvents;
  const canvas = document.getElementById('raster-canvas');
  const pen = canvas.getContext('2d');
  const kUpdate = 5, kHeight = 320;
  let picture = null;

  // Where each tile's neurons begin.
  const rowOf = new Map();
  let rows = 0;
  (() => {
    const neurons = new Map();
    for (let i = 0; i < events.size; ++i) {
      if ((events.place[i] & 15) !== kUpdate) continue;
      const tile = events.place[i] >> 4;
      neurons.set(tile, Math.max(neurons.get(tile) || 0, events.neuron[i] + 1));
    }
    const tiles = [...neurons.keys()].sort(
      (a, b) => weftPaint.population(a) - weftPaint.population(b) || a - b);
    for (const tile of tiles) {
      rowOf.set(tile, rows);
      rows += neurons.get(tile);
    }
  })();

  function rgb(color) {
    return [1, 3, 5].map(i => parseInt(color.slice(i, i + 2), 16));
  }

  function draw() {
    weftPaint.fit(canvas, kHeight);
    const width = canvas.width, height = canvas.height;
    picture = pen.createImageData(width, height);
    const pixels = picture.data;
    const colors = new Map([...rowOf.keys()].map(tile => [tile, rgb(weftPaint.color(weftPaint.population(tile)))]));
    // A dot is as tall as its row, one pixel at least.
    const tall = Math.max(1, Math.floor(height / Math.max(rows, 1)));
    for (let i = 0; i < events.size; ++i) {
      if ((events.place[i] & 15) !== kUpdate) continue;
      const tile = events.place[i] >> 4, color = colors.get(tile);
      const x = Math.min(width - 1, Math.floor(events.cycle[i] / events.shown * width));
      const y = Math.floor((rowOf.get(tile) + events.neuron[i]) / rows * height);
      for (let dy = 0; dy < tall && y + dy < height; ++dy) {
        const to = 4 * ((y + dy) * width + x);
        pixels[to] = color[0];
        pixels[to + 1] = color[1];
        pixels[to + 2] = color[2];
        pixels[to + 3] = Math.min(255, pixels[to + 3] + 150);
      }
    }
    const first = events.steps[0], last = events.steps[events.steps.length - 1];
    document.getElementById('raster-first').textContent = 'cycle ' + first.first.toLocaleString('en-US');
    document.getElementById('raster-last').textContent =
      'cycle ' + (last.first + last.length).toLocaleString('en-US') + ', ' + rows.toLocaleString('en-US') + ' neurons';
  }

  return {
    draw,
    mark: time => {
      pen.putImageData(picture, 0, 0);
      pen.fillStyle = weftPaint.style('--ink');
      pen.fillRect(Math.floor(time / events.shown * canvas.width), 0, Math.max(1, window.devicePixelRatio || 1),
                   canvas.height);
    },
  };
})();
