// A line per point over all axes and objectives. Dragging along an upright keeps only the points that cross it there;
// a click on it keeps all again.
(() => {
  const canvas = document.getElementById('parallel'), sweep = weftSweep;
  if (!canvas) return;
  const top = 46, bottom = 26, side = 60, height = 380;
  const differs = number => { const [least, most] = sweep.extent(number, rated); return least < most; };
  const rated = sweep.all.filter(sweep.rated);
  const columns = sweep.main.filter(differs);
  const ranges = columns.map(number => sweep.extent(number, rated, sweep.place));
  let drag = null;
  canvas.style.minWidth = 2 * side + 90 * (columns.length - 1) + 'px';  // a narrow page scrolls it

  const across = i => (columns.length < 2 ? side : side + i / (columns.length - 1) * (canvas.clientWidth - 2 * side));
  const up = (i, at) => height - bottom - (at - ranges[i][0]) / (ranges[i][1] - ranges[i][0]) * (height - top - bottom);
  const back = (i, y) => ranges[i][0] + (height - bottom - y) / (height - top - bottom) * (ranges[i][1] - ranges[i][0]);

  function draw() {
    const pen = sweep.pen(canvas, height);
    const layers = [[], [], []];  // left out, kept, kept and on the front
    for (const point of rated) layers[!sweep.kept(point) ? 0 : sweep.data.front[point] ? 2 : 1].push(point);
    const colors = ['--line', '--accent', '--front'];
    layers.forEach((points, layer) => {
      pen.strokeStyle = sweep.style(colors[layer]);
      pen.globalAlpha = layer === 0 ? 0.5 : Math.max(0.15, Math.min(0.8, 60 / points.length));
      for (const point of points) {
        pen.lineWidth = 1;
        pen.beginPath();
        columns.forEach((number, i) => pen.lineTo(across(i), up(i, sweep.place(number, point) ?? ranges[i][0])));
        pen.stroke();
      }
    });
    pen.globalAlpha = 1;
    if (sweep.chosen >= 0 && sweep.rated(sweep.chosen)) {
      pen.strokeStyle = sweep.style('--ink');
      pen.lineWidth = 2.5;
      pen.beginPath();
      columns.forEach((number, i) => pen.lineTo(across(i), up(i, sweep.place(number, sweep.chosen))));
      pen.stroke();
    }
    columns.forEach((number, i) => {
      pen.strokeStyle = sweep.style('--soft');
      pen.lineWidth = 1;
      pen.beginPath();
      pen.moveTo(across(i), top);
      pen.lineTo(across(i), height - bottom);
      pen.stroke();
      pen.textAlign = 'center';
      const { name, labels, even, goal } = sweep.column(number);
      const write = (text, y, color) => {  // legible over the lines
        pen.lineWidth = 4;
        pen.strokeStyle = sweep.style('--paper');
        pen.lineJoin = 'round';
        pen.strokeText(text, across(i), y);
        pen.fillStyle = sweep.style(color);
        pen.fillText(text, across(i), y);
      };
      const room = Math.max(90, (canvas.clientWidth - 2 * side) / Math.max(1, columns.length - 1) - 8);
      let text = name;
      while (text.length > 4 && pen.measureText(text).width > room) text = '…' + text.slice(2);
      const raised = room < 130 && i % 2 === 1 ? -17 : 0;
      write(text + (goal === 'min' ? ' ↓' : goal === 'max' ? ' ↑' : ''), top - 12 + raised, '--ink');
      if (even) {
        even.forEach((value, at) => write(labels ? labels[value] : sweep.short(value), up(i, at) + 4, '--soft'));
      } else {
        write(sweep.short(ranges[i][1]), top + 12, '--soft');
        write(sweep.short(ranges[i][0]), height - bottom + 16, '--soft');
      }
      const brush = sweep.brushes.get(number);
      if (!brush) return;
      pen.fillStyle = sweep.style('--ink');
      pen.globalAlpha = 0.3;
      const [high, low] = [up(i, Math.min(brush[1], ranges[i][1])), up(i, Math.max(brush[0], ranges[i][0]))];
      pen.fillRect(across(i) - 8, high, 16, Math.max(3, low - high));
      pen.globalAlpha = 1;
    });
    const count = rated.filter(sweep.kept).length;
    document.getElementById('kept').textContent =
        sweep.brushes.size ? count + ' of ' + rated.length + ' points are kept' : 'all ' + rated.length + ' points are kept';
  }

  canvas.addEventListener('pointerdown', event => {
    const box = canvas.getBoundingClientRect(), x = event.clientX - box.left;
    let best = 0;
    columns.forEach((number, i) => { if (Math.abs(across(i) - x) < Math.abs(across(best) - x)) best = i; });
    if (!columns.length || Math.abs(across(best) - x) > 30) return;
    drag = { axis: best, from: event.clientY - box.top, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', event => {
    if (!drag) return;
    const y = event.clientY - canvas.getBoundingClientRect().top;
    drag.moved = drag.moved || Math.abs(y - drag.from) > 3;
    if (!drag.moved) return;
    const ends = [back(drag.axis, y), back(drag.axis, drag.from)].sort((a, b) => a - b);
    const half = sweep.column(columns[drag.axis]).even ? 0.3 : 0;  // a value's mark is as high as this
    sweep.brushes.set(columns[drag.axis], [ends[0] - half, ends[1] + half]);
    sweep.change();
  });
  canvas.addEventListener('pointerup', () => {
    if (drag && !drag.moved) {
      sweep.brushes.delete(columns[drag.axis]);
      sweep.change();
    }
    drag = null;
  });
  document.getElementById('keep-all').addEventListener('click', () => {
    sweep.brushes.clear();
    sweep.change();
  });
  sweep.onChange(draw);
  draw();
})();
