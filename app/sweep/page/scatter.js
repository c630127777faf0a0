// Any two columns against each other. Orange: nobody beats the point in all objectives at once; the line joins those
// that nobody beats in the two that are shown.
(() => {
  const canvas = document.getElementById('scatter'), sweep = weftSweep;
  if (!canvas) return;
  const choices = ['scatter-x', 'scatter-y'].map(id => document.getElementById(id));
  const left = 64, right = 16, top = 12, bottom = 46, height = 440;
  let places = [];

  choices.forEach((choice, which) => {
    sweep.data.columns.forEach((column, number) => choice.append(new Option(column.name, number)));
    choice.value = sweep.data.objectives[which] ?? sweep.data.objectives[0] ?? which;
    choice.addEventListener('change', draw);
  });

  function stairs(points, x, y) {
    const sign = number => (sweep.column(number).goal === 'max' ? -1 : 1);
    if (!sweep.column(x).goal || !sweep.column(y).goal || x === y) return [];
    const sorted = points.filter(point => sweep.data.meets[point]).map(
        point => [sign(x) * sweep.value(x, point), sign(y) * sweep.value(y, point), point]);
    sorted.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    let best = Infinity;
    return sorted.filter(one => one[1] < best && ((best = one[1]), true)).map(one => one[2]);
  }

  function draw() {
    const [x, y] = choices.map(choice => Number(choice.value));
    const pen = sweep.pen(canvas, height), width = canvas.clientWidth;
    const points = sweep.all.filter(
        point => sweep.rated(point) && sweep.value(x, point) !== null && sweep.value(y, point) !== null);
    const range = number => {
      const [least, most] = sweep.extent(number, points), space = (most - least) * 0.04 || Math.abs(most) * 0.1 || 1;
      return [least - space, most + space];
    };
    const [x0, x1] = range(x), [y0, y1] = range(y);
    const px = at => left + (at - x0) / (x1 - x0) * (width - left - right);
    const py = at => height - bottom - (at - y0) / (y1 - y0) * (height - top - bottom);
    const label = (number, at) => {
      const labels = sweep.column(number).labels;
      return labels ? (Number.isInteger(at) && labels[at]) || '' : sweep.short(at);
    };
    pen.strokeStyle = sweep.style('--line');
    pen.fillStyle = sweep.style('--soft');
    pen.textAlign = 'center';
    for (const at of sweep.ticks(x0, x1, Math.max(3, width / 110))) {
      pen.beginPath();
      pen.moveTo(px(at), top);
      pen.lineTo(px(at), height - bottom);
      pen.stroke();
      pen.fillText(label(x, at), px(at), height - bottom + 17);
    }
    pen.textAlign = 'right';
    for (const at of sweep.ticks(y0, y1, 7)) {
      pen.beginPath();
      pen.moveTo(left, py(at));
      pen.lineTo(width - right, py(at));
      pen.stroke();
      pen.fillText(label(y, at), left - 7, py(at) + 4);
    }
    pen.fillStyle = sweep.style('--ink');
    pen.fillText(sweep.column(x).name, width - right, height - 8);
    pen.save();
    pen.translate(13, top);
    pen.rotate(-Math.PI / 2);
    pen.fillText(sweep.column(y).name, 0, 0);
    pen.restore();

    pen.strokeStyle = sweep.style('--front');
    pen.lineWidth = 1.5;
    pen.beginPath();
    stairs(points, x, y).forEach((point, i, all) => {
      const at = [px(sweep.value(x, point)), py(sweep.value(y, point))];
      if (i > 0) pen.lineTo(at[0], py(sweep.value(y, all[i - 1])));  // the corner that both points dominate
      i === 0 ? pen.moveTo(...at) : pen.lineTo(...at);
    });
    pen.stroke();

    places = points.map(point => [px(sweep.value(x, point)), py(sweep.value(y, point)), point]);
    // The front is drawn last, the chosen point on top.
    const layer = point => (point === sweep.chosen ? 3 : sweep.data.front[point] ? 2 : sweep.data.meets[point] ? 1 : 0);
    for (const [at, up, point] of [...places].sort((a, b) => layer(a[2]) - layer(b[2]))) {
      pen.globalAlpha = sweep.kept(point) ? 1 : 0.12;
      pen.beginPath();
      pen.arc(at, up, point === sweep.chosen ? 7 : sweep.data.front[point] ? 4.5 : 3.5, 0, 2 * Math.PI);
      if (sweep.data.meets[point]) {
        pen.fillStyle = sweep.style(sweep.data.front[point] ? '--front' : '--accent');
        pen.fill();
        pen.lineWidth = point === sweep.chosen ? 2.5 : 0.8;
        pen.strokeStyle = sweep.style(point === sweep.chosen ? '--ink' : '--paper');
      } else {
        pen.lineWidth = 1.2;
        pen.strokeStyle = sweep.style(point === sweep.chosen ? '--ink' : '--soft');
      }
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  function nearest(event) {
    const box = canvas.getBoundingClientRect();
    let best = -1, distance = 14 ** 2;
    for (const [x, y, point] of places) {
      const far = (x - event.clientX + box.left) ** 2 + (y - event.clientY + box.top) ** 2;
      if (far < distance && sweep.kept(point)) [best, distance] = [point, far];
    }
    return best;
  }
  canvas.addEventListener('pointermove', event => sweep.showHint(nearest(event), event));
  canvas.addEventListener('pointerleave', event => sweep.showHint(-1, event));
  canvas.addEventListener('click', event => sweep.choose(nearest(event)));
  sweep.onChange(draw);
  draw();
})();
