// The points of the sweep and what the pictures share: which points are kept by the brushes, and the hint.
const weftSweep = (() => {
  const data = JSON.parse(document.getElementById('sweep-data').textContent);
  const size = data.points.length;
  const brushes = new Map();  // number of a column -> [least, most] of the places that are kept
  const listeners = [];
  const hint = document.createElement('div');
  hint.id = 'hint';
  hint.hidden = true;
  document.body.append(hint);

  const column = number => data.columns[number];
  // The place of a point in a column, as a number; null where there is none.
  const value = (number, point) => column(number).values[point];
  // Values of an axis lie evenly, whatever they are; figures lie where they are.
  data.columns.forEach(one => {
    const values = [...new Set(one.values.filter(at => at !== null))].sort((a, b) => a - b);
    one.even = (one.kind === 'axis' || one.labels) && values.length <= 16 ? values : null;
  });
  const place = (number, point) => {
    const { even, values } = column(number);
    return even && values[point] !== null ? even.indexOf(values[point]) : values[point];
  };
  const units = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, ''], [1e-3, 'm'], [1e-6, 'µ'], [1e-9, 'n'], [1e-12, 'p']];
  function short(number) {
    if (number === 0) return '0';
    const large = Math.abs(number);
    if (Number.isInteger(number) && large < 1e6) return String(number);
    const [scale, prefix] = units.find(unit => large >= unit[0] * 0.9995) || units[units.length - 1];
    const scaled = number / scale;
    return (large >= 0.01 && large < 1 ? number.toPrecision(3).replace(/\.?0+$/, '')
                                       : scaled.toPrecision(3).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '') + prefix);
  }
  function shown(number, point) {
    const at = value(number, point);
    if (at === null) return '–';
    return column(number).labels ? column(number).labels[at] : short(at);
  }
  const main = data.columns.map((one, number) => number).filter(number => column(number).kind !== 'figure');

  function kept(point) {
    for (const [number, [least, most]] of brushes) {
      const at = place(number, point);
      if (at === null || at < least || at > most) return false;
    }
    return true;
  }
  const change = () => listeners.forEach(listener => listener());
  const cell = (tag, text, parent) => {
    const element = document.createElement(tag);
    element.textContent = text;
    parent.append(element);
    return element;
  };

  return {
    data, size, column, value, place, shown, short, main, kept, brushes, change, cell, chosen: -1,
    breakable: name => name.replace(/[._]/g, '$&\u200b'),
    rated: point => data.states[point] === 'done' && data.objectives.every(number => value(number, point) !== null),
    all: [...Array(size).keys()],
    onChange: listener => listeners.push(listener),
    choose(point) { this.chosen = point; change(); },
    style: name => getComputedStyle(document.documentElement).getPropertyValue(name).trim(),
    showHint(point, event) {
      hint.hidden = point < 0;
      if (point < 0) return;
      hint.replaceChildren();
      cell('b', 'point ' + data.points[point] + (data.front[point] ? ', on the front' : ''), hint);
      const table = document.createElement('table');
      for (const number of main) {
        const row = document.createElement('tr');
        cell('td', column(number).name, row);
        cell('td', shown(number, point), row);
        table.append(row);
      }
      hint.append(table);
      const right = event.clientX + 16 + hint.offsetWidth > window.innerWidth;
      hint.style.left = Math.max(4, right ? event.clientX - hint.offsetWidth - 16 : event.clientX + 16) + 'px';
      hint.style.top = Math.max(4, Math.min(event.clientY + 12, window.innerHeight - hint.offsetHeight - 4)) + 'px';
    },
    // A canvas at the screen's own resolution, in units of the page, and cleared.
    pen(canvas, height) {
      const sharp = window.devicePixelRatio || 1;
      canvas.style.height = height + 'px';
      canvas.width = Math.round(canvas.clientWidth * sharp);
      canvas.height = Math.round(height * sharp);
      const pen = canvas.getContext('2d');
      pen.scale(sharp, sharp);
      pen.font = '12px system-ui, sans-serif';
      return pen;
    },
    ticks(least, most, count) {
      const raw = (most - least) / count || 1, power = 10 ** Math.floor(Math.log10(raw));
      const step = [1, 2, 5, 10].map(factor => factor * power).find(size => size >= raw * 0.999);
      const list = [];
      for (let at = Math.ceil(least / step - 1e-9); at * step <= most + step * 1e-9; ++at) list.push(at * step);
      return list;
    },
    extent(number, points, where = value) {
      let least = Infinity, most = -Infinity;
      for (const point of points) {
        const at = where(number, point);
        if (at === null) continue;
        least = Math.min(least, at);
        most = Math.max(most, at);
      }
      return least <= most ? [least, most] : [0, 1];
    },
  };
})();
window.addEventListener('resize', () => weftSweep.change());
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => weftSweep.change());
