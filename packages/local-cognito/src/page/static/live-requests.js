/** How often the page asks for new requests while it can be seen, in milliseconds. */
const POLL_MS = 1000;

/** Shows new token requests as they are answered. Polled: open streams of a few tabs would use up the browser's connections. */
export function followRequests() {
  const list = document.querySelector('[data-requests]');
  if (list === null) return;
  document.querySelector('[data-live]').hidden = false;
  const poll = async () => {
    if (document.visibilityState === 'visible') await update(list);
    setTimeout(poll, POLL_MS);
  };
  poll();
}

async function update(list) {
  try {
    const response = await fetch(`/requests?after=${list.dataset.latest}`);
    const feed = await response.json();
    // After a restart the server counts from 1 again.
    if (feed.latest < Number(list.dataset.latest)) list.replaceChildren();
    list.dataset.latest = feed.latest;
    if (feed.rows.length > 0) show(list, feed.rows);
    setLive(true);
  } catch {
    setLive(false);
  }
}

function show(list, rows) {
  const template = document.querySelector('[data-request-template]');
  list.prepend(...rows.map((row) => toItem(template, row)));
  while (list.children.length > Number(list.dataset.limit)) list.lastElementChild.remove();
  document.querySelector('[data-requests-empty]').hidden = true;
}

function toItem(template, row) {
  const item = template.content.firstElementChild.cloneNode(true);
  item.classList.toggle('is-good', row.isIssued);
  item.classList.toggle('is-bad', !row.isIssued);
  item.classList.add('is-new');
  for (const field of item.querySelectorAll('[data-field]')) {
    field.textContent = row[field.dataset.field];
  }
  if (row.href !== '') item.querySelector('a').href = row.href;
  return item;
}

function setLive(isLive) {
  const live = document.querySelector('[data-live]');
  live.classList.toggle('is-lost', !isLive);
  document.querySelector('[data-live-text]').textContent = isLive ? 'live' : 'server unreachable';
}
