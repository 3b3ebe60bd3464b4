/** Narrows the list of clients while one types; "/" goes to the search, arrows walk through what it found. */
export function enableSearch() {
  const input = document.querySelector('[data-search]');
  const count = document.querySelector('[data-search-count]');
  const items = [...document.querySelectorAll('[data-client]')];
  const groups = [...document.querySelectorAll('[data-group]')];
  // The search outlives the page, so that one can look at several of the clients found.
  if (input.value === '') input.value = sessionStorage.getItem('search') ?? '';

  const narrow = () => {
    const words = input.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const item of items) {
      item.hidden = !words.every((word) => item.dataset.client.includes(word));
      // A hit on the id shows why it is one.
      item.querySelector('small').hidden = words.every((word) => item.dataset.name.includes(word));
      if (!item.hidden) shown += 1;
    }
    for (const group of groups) {
      group.hidden = group.querySelector('[data-client]:not([hidden])') === null;
      if (input.value !== '') group.open = true;
    }
    const all = items.length.toLocaleString('en-US');
    count.textContent =
      shown === items.length
        ? `${all} clients`
        : `${shown.toLocaleString('en-US')} of ${all} clients`;
    sessionStorage.setItem('search', input.value);
  };
  input.addEventListener('input', narrow);
  input.form.addEventListener('submit', (event) => {
    event.preventDefault();
    visibleLinks()[0]?.click();
  });
  document.addEventListener('keydown', (event) => onKey(event, input, narrow));
  narrow();
  document.querySelector('.side [aria-current]')?.scrollIntoView({ block: 'nearest' });
}

function onKey(event, input, narrow) {
  const { key, target } = event;
  if (key === '/' && !target.matches('input, textarea')) {
    event.preventDefault();
    input.select();
  } else if (key === 'Escape' && target === input) {
    input.value = '';
    narrow();
  } else if (key === 'ArrowDown' || key === 'ArrowUp') {
    walk(event, input, key === 'ArrowDown' ? 1 : -1);
  }
}

function walk(event, input, step) {
  const stops = [input, ...visibleLinks()];
  const position = stops.indexOf(event.target);
  if (position < 0) return;
  event.preventDefault();
  stops[position + step]?.focus();
}

function visibleLinks() {
  return [...document.querySelectorAll('[data-client]:not([hidden]) a')];
}
