// The kept points as a table that sorts by a click on its head, and all that is known of a chosen one.
(() => {
  const sweep = weftSweep, place = document.getElementById('row-table'), detail = document.getElementById('detail');
  if (!place) return;
  const step = 20;
  let limit = step, by = sweep.data.objectives[0] ?? -1;
  let falling = by >= 0 && sweep.column(by).goal === 'max';
  const only = document.getElementById('only-front');

  function draw() {
    const key = point => (by < 0 ? point : sweep.value(by, point) ?? Infinity);
    const points = sweep.all.filter(
        point => sweep.data.states[point] === 'done' && sweep.kept(point) && (!only.checked || sweep.data.front[point]));
    // Those that miss a condition last, whatever they have.
    points.sort((a, b) => sweep.data.meets[b] - sweep.data.meets[a] || (falling ? key(b) - key(a) : key(a) - key(b)) || a - b);
    const table = document.createElement('table'), head = table.createTHead().insertRow();
    const column = (number, name) => {
      const cell = sweep.cell('th', sweep.breakable(name) + (number === by ? (falling ? ' ▾' : ' ▴') : ''), head);
      cell.scope = 'col';
      cell.addEventListener('click', () => {
        falling = number === by && !falling;
        by = number;
        draw();
      });
    };
    column(-1, 'point');
    for (const number of sweep.main) column(number, sweep.column(number).name);
    const body = table.createTBody();
    for (const point of points.slice(0, limit)) {
      const row = body.insertRow();
      row.className = (sweep.data.front[point] ? 'front ' : sweep.data.meets[point] ? '' : 'poor ') + (point === sweep.chosen ? 'chosen' : '');
      sweep.cell('th', sweep.data.points[point], row).scope = 'row';
      for (const number of sweep.main) sweep.cell('td', sweep.shown(number, point), row);
      row.addEventListener('click', () => sweep.choose(point));
    }
    place.replaceChildren(table);
    if (points.length > limit) {
      const more = sweep.cell('button', 'more of ' + points.length, place);
      more.addEventListener('click', () => {
        limit += 4 * step;
        draw();
      });
    }
    describe();
  }

  function describe() {
    const point = sweep.chosen;
    detail.hidden = point < 0;
    if (point < 0) return;
    detail.replaceChildren();
    sweep.cell('b', 'Point ' + sweep.data.points[point], detail);
    const both = document.createElement('div');
    both.className = 'both';
    sweep.data.columns.forEach((column, number) => {
      const line = document.createElement('div');
      sweep.cell('span', sweep.breakable(column.name), line);
      sweep.cell('b', sweep.shown(number, point), line);
      both.append(line);
    });
    detail.append(both);
    if (sweep.data.command) {
      sweep.cell('p', 'Its own report, with a waveform or an event log if you like:', detail).className = 'note';
      const settings = sweep.data.columns.map((column, number) => [column, number])
          .filter(([column]) => column.kind === 'axis' || column.kind === 'derived')
          .map(([column, number]) => ` --set '${column.name}=${column.labels ? column.labels[sweep.value(number, point)] : sweep.value(number, point)}'`);
      sweep.cell('pre', sweep.data.command + settings.join('') + ' -o out/point_' + sweep.data.points[point], detail);
    }
  }

  only.addEventListener('change', draw);
  sweep.onChange(draw);
  draw();
})();
