import { followRequests } from './live-requests.js';
import { enableSearch } from './search.js';

/** How often the time left is updated, in milliseconds. */
const TICK_MS = 1000;

enableSearch();
followRequests();
countDown();
enableCopying();

function countDown() {
  const output = document.querySelector('[data-expires-at]');
  if (output === null) return;
  const tick = () => {
    const seconds = Math.floor(Number(output.dataset.expiresAt) - Date.now() / 1000);
    output.textContent = seconds > 0 ? `${formatClock(seconds)} left` : 'expired';
  };
  tick();
  setInterval(tick, TICK_MS);
}

function formatClock(seconds) {
  const pad = (part) => String(part).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const rest = `${pad(minutes)}:${pad(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

function enableCopying() {
  for (const button of document.querySelectorAll('[data-copy]')) {
    button.hidden = false;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent);
      button.textContent = 'Copied';
    });
  }
}
