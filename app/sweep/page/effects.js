// What each axis does to a figure: per value the mean, least and most over all points that have it; and how the
// covered volume grew with the points.
(() => {
  const sweep = weftSweep, wide = 260, high = 150, left = 44, right = 10, top = 10, bottom = 24;
  const make = (name, attributes, parent, text) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  };
  function chart(least, most, wideness = wide) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', `0 0 ${wideness} ${high}`);
    const y = at => high - bottom - (at - least) / (most - least || 1) * (high - top - bottom);
    for (const at of sweep.ticks(least, most, 3)) {
      make('line', { class: 'frame', x1: left, x2: wideness - right, y1: y(at), y2: y(at) }, svg);
      make('text', { class: 'end', x: left - 5, y: y(at) + 4 }, svg, sweep.short(at));
    }
    return { svg, y };
  }

  const choice = document.getElementById('effect'), place = document.getElementById('effect-charts');
  function draw() {
    const figure = Number(choice.value);
    const points = sweep.all.filter(point => sweep.rated(point) && sweep.value(figure, point) !== null);
    place.replaceChildren();
    const charts = [];
    sweep.data.columns.forEach((column, number) => {
      if (column.kind !== 'axis') return;
      const groups = new Map();
      for (const point of points) {
        const at = sweep.value(number, point), value = sweep.value(figure, point);
        const group = groups.get(at) || { sum: 0, count: 0, least: Infinity, most: -Infinity, text: sweep.shown(number, point) };
        group.sum += value;
        ++group.count;
        group.least = Math.min(group.least, value);
        group.most = Math.max(group.most, value);
        groups.set(at, group);
      }
      if (groups.size > 1) charts.push({ column, groups: [...groups].sort((a, b) => a[0] - b[0]).map(one => one[1]) });
    });
    const [least, most] = sweep.extent(figure, points);
    const reach = groups => { const means = groups.map(one => one.sum / one.count); return Math.max(...means) - Math.min(...means); };
    charts.sort((a, b) => reach(b.groups) - reach(a.groups));
    for (const { column, groups } of charts) {
      const { svg, y } = chart(least, most);
      const x = i => left + (i + 0.5) / groups.length * (wide - left - right);
      let path = '';
      const every = Math.ceil(groups.length / 8);
      groups.forEach((group, i) => {
        const mean = group.sum / group.count;
        make('line', { class: 'whisker', x1: x(i), x2: x(i), y1: y(group.least), y2: y(group.most) }, svg);
        path += (i ? 'L' : 'M') + x(i) + ' ' + y(mean);
        if (i % every === 0) make('text', { x: x(i), y: high - 7 }, svg, group.text);
      });
      make('path', { class: 'path', d: path }, svg);
      groups.forEach((group, i) => {
        const dot = make('circle', { class: 'dot', cx: x(i), cy: y(group.sum / group.count), r: 3 }, svg);
        make('title', {}, dot, `${column.name} = ${group.text}: mean ${sweep.short(group.sum / group.count)} of ${group.count} points`);
      });
      const box = document.createElement('figure');
      sweep.cell('figcaption', column.name, box);
      box.append(svg);
      place.append(box);
    }
    if (!charts.length) sweep.cell('p', 'No axis has points with two of its values yet.', place);
  }
  if (choice) {
    sweep.data.columns.forEach((column, number) => {
      if (!column.labels && column.kind !== 'axis') choice.append(new Option(column.name, number));
    });
    if (sweep.data.objectives.length) choice.value = sweep.data.objectives[0];
    choice.addEventListener('change', draw);
    if (choice.options.length) draw();
  }

  const volume = document.getElementById('volume-chart');
  if (volume) {
    const wideness = 620, steps = sweep.data.hypervolume, last = steps[steps.length - 1][0];
    const { svg, y } = chart(0, Math.max(...steps.map(step => step[1])), wideness);
    const x = count => left + count / last * (wideness - left - right);
    for (const count of sweep.ticks(0, last, 6)) make('text', { x: x(count), y: high - 7 }, svg, sweep.short(count));
    make('path', { class: 'path', d: steps.map((step, i) => (i ? 'L' : 'M') + x(step[0]) + ' ' + y(step[1])).join('') }, svg);
    volume.append(svg);
  }
})();
