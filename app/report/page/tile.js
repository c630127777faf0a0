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

  // Whom the tile hears and who hears it, most neurons first, and lines to them in the first picture.
  const most_named = 8;
  function nets(index) {
    const flows = report.fabric.flows || [];
    const hears = flows.filter(flow => flow.to === index), heard = flows.filter(flow => flow.from === index);
    draw_nets(index, hears, heard);
    if (hears.length + heard.length === 0) return [];
    const name = at => at === index ? 'itself' : `${report.fabric.tiles[at].x}, ${report.fabric.tiles[at].y}`;
    const list = (pairs, end) => [...pairs].sort((a, b) => b.senders - a.senders).slice(0, most_named)
      .map(flow => `${name(flow[end])} (${grouped(flow.senders)})`).join('; ') +
      (pairs.length > most_named ? `; ${pairs.length - most_named} more` : '');
    return [table(['nets', 'tiles (neurons and inputs)'], [
      ['hears', list(hears, 'from') || 'nobody'], ['is heard by', list(heard, 'to') || 'nobody']])];
  }

  function draw_nets(index, hears, heard) {
    const picture = document.querySelector('#fabric svg');
    if (!picture) return;
    picture.querySelector('.nets')?.remove();
    const group = document.createElementNS(picture.namespaceURI, 'g');
    group.setAttribute('class', 'nets');
    const most = Math.max(1, ...[...hears, ...heard].map(flow => flow.senders));
    const center = at => `${40 + 56 * report.fabric.tiles[at].x} ${40 + 56 * report.fabric.tiles[at].y}`;
    const line = (from, to, kind, senders) => {
      const path = document.createElementNS(picture.namespaceURI, 'path');
      path.setAttribute('d', `M${center(from)}L${center(to)}`);
      path.setAttribute('class', kind);
      path.setAttribute('stroke-width', (1 + 3 * senders / most).toFixed(1));
      group.append(path);
    };
    for (const flow of hears) if (flow.from !== index) line(flow.from, index, 'hears', flow.senders);
    for (const flow of heard) if (flow.to !== index) line(index, flow.to, 'heard', flow.senders);
    picture.append(group);
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
      ...nets(index),
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
