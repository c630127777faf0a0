// The kept points as a table that sorts by a click on its head, and all that is known of a chosen one.
(() => {
  const sweep = weftSweep, place = document.getElementById('row-table'), detail = document.getElementById('detail');
  if (!place) return;
  const step = 20;
  let limit = step, by = sweep.data.objectives[0] ?? -1;
  let falling = by >= 0 && sweep.column(by).goal === 'max';
  const reported = new Set(sweep.data.reports.points);
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
      const name = sweep.cell('th', '', row), number = sweep.data.points[point];
      name.scope = 'row';
      if (reported.has(number)) {
        const link = sweep.cell('a', number, name);
        link.href = sweep.data.reports.folder + '/point_' + number + '/report.html';
        link.title = 'its own report';
      } else {
        name.textContent = number;
      }
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
    const { folder, command } = sweep.data.reports, number = sweep.data.points[point];
    if (reported.has(number)) {
      const link = sweep.cell('a', 'Open its own report', detail);
      link.className = 'report';
      link.href = folder + '/point_' + number + '/report.html';
    } else if (command && sweep.data.states[point] === 'done') {
      sweep.cell('p', 'Its own report is made by this; then load this page again:', detail).className = 'note';
      sweep.cell('pre', command + ' --points ' + number, detail);
    }
  }

  only.addEventListener('change', draw);
  sweep.onChange(draw);
  draw();
})();
