'use strict';
(() => {
  const review = JSON.parse(document.getElementById('review').textContent);
  const $ = id => document.getElementById(id);
  const items = new Map(review.items.map(i => [i.item, i]));
  const columns = ['review', 'reader', 'item', 'position', ...review.questions.flatMap(q => q.columns), 'seconds'];
  let reader = '', order = [], at = 0, answers = {}, active = 0, shown = 0, moving = 0, unsaved = false, fleeting = false;
  const view = { scale: 1, x: 0, y: 0 };

  // ---- what is kept: in the browser after each answer, in the CSV when asked
  const place = name => `odm-review ${review.review} ${name.trim().toLowerCase()}`;
  const read = name => { try { return JSON.parse(localStorage.getItem(place(name)) ?? 'null'); } catch { return null; } };
  const keep = () => {
    try {
      localStorage.setItem(place(reader), JSON.stringify({ reader, answers }));
      $('kept').textContent = 'kept in this browser';
    } catch {
      fleeting = true;
      $('kept').textContent = 'not kept by this browser: save the CSV before you close the page';
    }
  };
  const complete = item => review.questions.every(q => answers[item]?.[q.name]);
  const cell = text => /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const csv = () => [columns.join(','), ...order.map((item, i) => [item, i]).filter(([item]) => complete(item)).map(([item, i]) =>
    [review.review, reader, item, String(i + 1), ...review.questions.flatMap(q => answers[item][q.name].split('|')),
      answers[item].seconds.toFixed(1)].map(cell).join(','))].join('\n') + '\n';
  const save = () => {
    tick();
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([csv()], { type: 'text/csv' }));
    link.download = `review-${reader.replace(/[^\p{L}\p{N}]+/gu, '-')}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    unsaved = false;
  };
  const parse = text => {
    const rows = [[]];
    let field = '', quoted = false;
    for (let i = 0; i < text.length; i++) {
      const c = text[i];
      if (quoted) {
        if (c !== '"') field += c;
        else if (text[i + 1] === '"') { field += c; i++; }
        else quoted = false;
      } else if (c === '"') quoted = true;
      else if (c === ',') { rows.at(-1).push(field); field = ''; }
      else if (c === '\n') { rows.at(-1).push(field); field = ''; rows.push([]); }
      else if (c !== '\r') field += c;
    }
    if (field || rows.at(-1).length) rows.at(-1).push(field);
    return rows.filter(r => r.length > 1);
  };
  const load = text => {
    const [header = [], ...rows] = parse(text.replace(/^\uFEFF/, ''));
    const missing = columns.filter(c => !header.includes(c));
    if (missing.length) throw Error(`This is no CSV of this page: it has no column ${missing.join(', ')}.`);
    const loaded = {};
    let name = '';
    for (const row of rows) {
      const of = column => row[header.indexOf(column)] ?? '';
      if (of('review') !== review.review || !items.has(of('item'))) throw Error('This CSV belongs to another review.');
      if (loaded[of('item')]) throw Error(`This CSV has the image ${of('item')} twice.`);
      if (name && of('reader') !== name) throw Error('This CSV holds the answers of several readers.');
      name = of('reader');
      loaded[of('item')] = { seconds: Number(of('seconds')) || 0 };
      for (const q of review.questions) {
        const value = q.columns.map(of).join('|');
        if (!q.options.some(o => o.value === value)) throw Error(`This CSV has an unknown answer for the image ${of('item')}.`);
        loaded[of('item')][q.name] = value;
      }
    }
    if (!name) throw Error('This CSV holds no answers.');
    return { reader: name, answers: { ...read(name)?.answers, ...loaded } };
  };

  // ---- the order of the images is the reader's own
  const shuffled = name => {
    let state = 2166136261;
    for (const c of `${review.review} ${name.trim().toLowerCase()}`) state = Math.imul(state ^ c.codePointAt(0), 16777619);
    const draw = n => {
      state = state + 0x6D2B79F5 | 0;
      let t = Math.imul(state ^ state >>> 15, 1 | state);
      t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
      return Math.floor(((t ^ t >>> 14) >>> 0) / 4294967296 * n);
    };
    const all = review.items.map(i => i.item);
    for (let i = all.length - 1; i > 0; i--) { const j = draw(i + 1); [all[i], all[j]] = [all[j], all[i]]; }
    return all;
  };

  // ---- the clock of an image runs while it can be seen
  const tick = () => {
    if (!shown) return;
    const now = performance.now();
    (answers[order[at]] ??= { seconds: 0 }).seconds += (now - shown) / 1000;
    shown = now;
  };
  const only = id => { for (const part of ['start', 'desk', 'paused', 'end']) $(part).hidden = part !== id; };
  const pause = () => { if ($('desk').hidden) return; tick(); shown = 0; keep(); only('paused'); $('resume').focus(); };
  const resume = () => { if ($('paused').hidden) return; only('desk'); shown = performance.now(); };

  // ---- one image
  const draw = () => {
    const item = items.get(order[at]);
    $('desk').dataset.item = item.item;
    $('image').src = item.image;
    $('outline').hidden = !review.outlines;
    $('outline').setAttribute('aria-pressed', 'false');
    $('mask').style.display = 'none';
    $('mask').setAttribute('viewBox', `0 0 ${review.width} ${review.height}`);
    for (const path of $('mask').children) path.setAttribute('d', item.outline ?? '');
    Object.assign(view, { scale: 1, x: 0, y: 0 });
    zoom();
    active = Math.max(0, review.questions.findIndex(q => !answers[item.item]?.[q.name]));
    mark();
  };
  const mark = () => {
    const done = order.filter(complete).length;
    $('count').textContent = `Image ${at + 1} of ${order.length}`;
    $('progress').setAttribute('aria-valuenow', String(done));
    $('progress').setAttribute('aria-valuemax', String(order.length));
    $('progress').firstElementChild.style.width = `${100 * done / order.length}%`;
    $('back').disabled = at === 0;
    $('next').disabled = !complete(order[at]);
    [...$('questions').children].forEach((set, q) => {
      set.classList.toggle('active', q === active && review.questions.length > 1);
      for (const button of set.querySelectorAll('button')) {
        button.setAttribute('aria-pressed', String(answers[order[at]]?.[review.questions[q].name] === button.dataset.value));
      }
    });
  };
  const show = index => { clearTimeout(moving); moving = 0; tick(); at = index; only('desk'); draw(); shown = performance.now(); };
  const forward = () => {
    clearTimeout(moving);
    moving = 0;
    if (!complete(order[at])) return;
    const open = order.findIndex(item => !complete(item));
    if (at + 1 < order.length) show(at + 1);
    else if (open >= 0) show(open);
    else { tick(); shown = 0; keep(); only('end'); $('finish').focus(); }
  };
  const answer = (q, value) => {
    if (moving) return; // the next image is on its way
    const first = !complete(order[at]);
    tick();
    (answers[order[at]] ??= { seconds: 0 })[review.questions[q].name] = value;
    keep();
    unsaved = true;
    const open = review.questions.findIndex(o => !answers[order[at]][o.name]);
    active = open >= 0 ? open : q;
    mark();
    if (first && complete(order[at])) moving = setTimeout(forward, 220); // long enough to see which button was taken
  };
  const outline = () => {
    if (!review.outlines) return;
    const on = $('outline').getAttribute('aria-pressed') !== 'true';
    $('outline').setAttribute('aria-pressed', String(on));
    $('mask').style.display = on ? '' : 'none';
  };
  const zoom = () => { $('view').style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`; };
  const zoomAt = (factor, x, y) => {
    const scale = Math.min(16, Math.max(1, view.scale * factor));
    view.x = x - (x - view.x) * scale / view.scale;
    view.y = y - (y - view.y) * scale / view.scale;
    view.scale = scale;
    if (scale === 1) Object.assign(view, { x: 0, y: 0 });
    zoom();
  };

  // ---- start
  const begin = state => {
    ({ reader, answers } = state);
    order = shuffled(reader);
    keep();
    const open = order.findIndex(item => !complete(item));
    if (open < 0) { at = 0; only('end'); $('finish').focus(); } else show(open);
  };
  const count = state => Object.values(state?.answers ?? {}).filter(a => review.questions.every(q => a[q.name])).length;
  document.title = $('title').textContent = review.title;
  $('intro').textContent = review.intro;
  for (const [key, text] of [
    ['1 2 3 ...', 'answer: the buttons of a question from left to right'],
    ...review.questions.length > 1 ? [['\u2191 \u2193', 'another question of the same image']] : [],
    ['\u2190 \u2192', 'back to the image before, and on'],
    ...review.outlines ? [['M', 'show or hide the outline of the lesion']] : [],
    ['+ \u2212 0', 'zoom in, out, and back; or the mouse wheel, and drag'],
    ['P', 'pause: the clock stands still'], ['S', 'save the CSV file']]) {
    const [dt, dd] = [document.createElement('dt'), document.createElement('dd')];
    for (const k of key.split(' ')) { const kbd = document.createElement('kbd'); kbd.textContent = k; dt.append(kbd, ' '); }
    dd.textContent = text;
    $('keys').append(dt, dd);
  }
  review.questions.forEach((question, q) => {
    const set = document.createElement('fieldset');
    const legend = document.createElement('legend');
    legend.textContent = question.text;
    const options = document.createElement('div');
    options.className = 'options';
    question.options.forEach((option, i) => {
      if (option.gap) { const gap = document.createElement('span'); gap.className = 'gap'; options.append(gap); }
      const button = document.createElement('button');
      button.type = 'button';
      button.dataset.value = option.value;
      button.append(option.text);
      const note = document.createElement('small');
      note.append(option.note ? option.note + ' ' : '');
      if (i < 9) { const kbd = document.createElement('kbd'); kbd.textContent = String(i + 1); note.append(kbd); }
      button.append(note);
      button.onclick = () => answer(q, option.value);
      options.append(button);
    });
    set.append(legend, options);
    $('questions').append(set);
  });
  $('reader').oninput = () => {
    const done = count(read($('reader').value));
    $('found').textContent = done ? `This browser holds ${done} of ${review.items.length} answers under this name.` : '';
    $('go').textContent = done ? 'Continue' : 'Start';
  };
  $('begin').onsubmit = event => {
    event.preventDefault();
    const name = $('reader').value.trim();
    if (name) begin(read(name) ?? { reader: name, answers: {} });
  };
  $('load').onchange = async event => {
    try { begin(load(await event.target.files[0].text())); } catch (fault) { $('fault').textContent = fault.message; }
    event.target.value = '';
  };
  $('pause').onclick = pause;
  $('resume').onclick = resume;
  $('save').onclick = $('finish').onclick = save;
  $('look').onclick = () => show(0);
  $('outline').onclick = outline;
  $('back').onclick = () => show(at - 1);
  $('next').onclick = forward;
  $('stage').onwheel = event => {
    event.preventDefault();
    const box = $('stage').getBoundingClientRect();
    zoomAt(Math.exp(-event.deltaY / 400), event.clientX - box.left, event.clientY - box.top);
  };
  $('stage').onpointermove = event => { if (event.buttons) { view.x += event.movementX; view.y += event.movementY; zoom(); } };
  document.addEventListener('visibilitychange', () => { if (document.hidden) pause(); });
  addEventListener('beforeunload', event => {
    if (!$('desk').hidden) { tick(); keep(); }
    if (unsaved && fleeting) event.preventDefault();
  });
  addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || !$('start').hidden || event.repeat) return;
    if ($('desk').hidden) { if (event.key.toLowerCase() === 'p') resume(); return; }
    const middle = [$('stage').clientWidth / 2, $('stage').clientHeight / 2];
    const act = {
      ArrowLeft: () => at > 0 && show(at - 1), ArrowRight: forward,
      ArrowUp: () => { active = Math.max(0, active - 1); mark(); }, ArrowDown: () => { active = Math.min(review.questions.length - 1, active + 1); mark(); },
      m: outline, p: pause, s: save, '+': () => zoomAt(1.5, ...middle), '=': () => zoomAt(1.5, ...middle), '-': () => zoomAt(1 / 1.5, ...middle), '0': () => zoomAt(0, ...middle),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    const option = review.questions[active].options[Number(event.key) - 1];
    if (option && /^[1-9]$/.test(event.key)) answer(active, option.value);
    else if (act) act();
    else return;
    event.preventDefault();
  });
})();
