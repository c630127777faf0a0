// The replay. What it shows is a function of one time: how often tiles worked and links carried flits in the
// cycles just before, later ones counting more. So the slider can go anywhere, and a picture costs only the
// events of those cycles.
'use strict';
const weftReplay = (() => {
  const events = weftEvents;
  const canvas = document.getElementById('fabric-canvas');
  const pen = canvas.getContext('2d');
  const slider = document.getElementById('time');
  const speeds = document.getElementById('speed');
  const play = document.getElementById('play');
  const tiles = events.width * events.height;
  const worked = new Float32Array(tiles), stalled = new Uint8Array(tiles), crossed = new Float32Array(4 * tiles);
  const kRow = 4, kUpdate = 5, kStall = 7;
  let time = 0, cyclesPerSecond = 1, playing = false, before = 0, next = 0, pictures = 0, sharp = 1;
  let ink = '', line = '', card = '', alarm = '';

  // The cycles that are shown at once: what passes in a tenth of a second, 6 at least.
  const window_ = () => Math.max(6, cyclesPerSecond / 10);

  function gather() {
    worked.fill(0);
    stalled.fill(0);
    crossed.fill(0);
    const from = time - window_(), weight = 1 / window_();
    let flits = 0;
    for (let i = events.firstAfter(from); i < events.size && events.cycle[i] <= time; ++i) {
      const kind = events.place[i] & 15, tile = events.place[i] >> 4;
      const recent = 2 * weight * (1 - (time - events.cycle[i]) * weight);
      if (kind < 4) {
        crossed[4 * tile + kind] += recent;
        ++flits;
      } else if (kind === kRow || kind === kUpdate) {
        worked[tile] += recent;
      } else if (kind === kStall) {
        stalled[tile] = 1;
      }
    }
    return flits;
  }

  // The page gives the canvas its width; a tile is as wide as a gap between two is.
  function layout() {
    const unit = Math.min(canvas.clientWidth / events.width, 72);
    sharp = weftPaint.fit(canvas, Math.max(40, unit * events.height));
    ink = weftPaint.style('--ink');
    line = weftPaint.style('--line');
    card = weftPaint.style('--card');
    alarm = weftPaint.style('--alarm');
  }

  function links(x, y, tile, unit) {
    const side = unit * .2, half = unit * .3, wide = Math.max(1, unit * .07);
    for (let kind = 0; kind < 4; ++kind) {
      const load = crossed[4 * tile + kind];
      if (load === 0) continue;
      pen.globalAlpha = .25 + .75 * Math.min(1, Math.sqrt(load));
      const gap = unit - 2 * half;
      if (kind === 0) pen.fillRect(x + side - wide, y - half - gap, wide * 1.6, gap);
      if (kind === 1) pen.fillRect(x + half, y + side - wide, gap, wide * 1.6);
      if (kind === 2) pen.fillRect(x - side, y + half, wide * 1.6, gap);
      if (kind === 3) pen.fillRect(x - half - gap, y - side, gap, wide * 1.6);
    }
  }

  function draw() {
    const flits = gather();
    const unit = Math.min(canvas.width / events.width, 72 * sharp), half = unit * .3;
    let atWork = 0;
    pen.globalAlpha = 1;
    pen.clearRect(0, 0, canvas.width, canvas.height);
    for (let tile = 0; tile < tiles; ++tile) {
      const x = (tile % events.width + .5) * unit, y = (Math.floor(tile / events.width) + .5) * unit;
      const population = weftPaint.population(tile);
      pen.globalAlpha = 1;
      pen.fillStyle = population < 0 ? card : line;
      pen.fillRect(x - half, y - half, 2 * half, 2 * half);
      if (population >= 0 || worked[tile] > 0) {
        pen.fillStyle = weftPaint.color(population);
        pen.globalAlpha = worked[tile] > 0 ? .35 + .65 * Math.min(1, Math.sqrt(worked[tile])) : .12;
        pen.fillRect(x - half, y - half, 2 * half, 2 * half);
      }
      if (worked[tile] > 0) ++atWork;
      if (stalled[tile]) {
        pen.globalAlpha = 1;
        pen.strokeStyle = alarm;
        pen.lineWidth = Math.max(1, unit * .06);
        pen.strokeRect(x - half, y - half, 2 * half, 2 * half);
      }
      pen.fillStyle = ink;
      links(x, y, tile, unit);
    }
    pen.globalAlpha = 1;
    tell(atWork, flits);
    weftRaster.mark(time);
    ++pictures;
  }

  function tell(atWork, flits) {
    const step = events.stepAt(time), put = (id, text) => document.getElementById(id).textContent = text;
    put('now-cycle', (step.first + Math.floor(time - step.shown)).toLocaleString('en-US'));
    put('now-step', step.step < 0 ? 'unknown' : step.step.toLocaleString('en-US'));
    put('now-tiles', atWork.toLocaleString('en-US'));
    put('now-flits', flits.toLocaleString('en-US'));
    slider.value = String(Math.floor(time));
  }

  function seek(to) {
    time = Math.max(0, Math.min(to, events.shown - 1));
    draw();
  }

  function tick(now) {
    if (!playing) return;
    const elapsed = before === 0 ? 0 : Math.min(.25, (now - before) / 1000);
    before = now;
    seek(time + elapsed * cyclesPerSecond);
    if (time >= events.shown - 1) return stop();
    next = requestAnimationFrame(tick);
  }
  function start() {
    stop();
    if (time >= events.shown - 1) time = 0;
    playing = true;
    before = 0;
    play.textContent = 'Pause';
    next = requestAnimationFrame(tick);
  }
  function stop() {
    cancelAnimationFrame(next);
    playing = false;
    play.textContent = 'Play';
  }

  // From a cycle at a time up to the whole run in a few seconds; at first it takes about half a minute.
  (() => {
    const steps = [];
    for (let speed = 10; speed < events.shown; speed *= 10) steps.push(speed, 2 * speed, 5 * speed);
    if (steps.length === 0) steps.push(10);
    for (const speed of steps) speeds.add(new Option(speed.toLocaleString('en-US'), String(speed)));
    const wanted = steps.findIndex(speed => speed * 30 >= events.shown);
    speeds.selectedIndex = wanted < 0 ? steps.length - 1 : wanted;
    cyclesPerSecond = Number(speeds.value);
  })();

  slider.max = String(events.shown - 1);
  slider.addEventListener('input', () => seek(Number(slider.value)));
  speeds.addEventListener('change', () => {
    cyclesPerSecond = Number(speeds.value);
    draw();
  });
  play.addEventListener('click', () => playing ? stop() : start());

  const redraw = () => {
    layout();
    weftRaster.draw();
    draw();
  };
  weftPaint.whenLooksChange(redraw);
  redraw();
  return {seek, start, stop, playing: () => playing, pictures: () => pictures};
})();
