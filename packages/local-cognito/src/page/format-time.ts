/** A span as people say it: "45 s", "5 min", "2 h 5 min", "3 d 4 h". */
export function formatSpan(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor((whole % 86_400) / 3600),
    Math.floor((whole % 3600) / 60),
  ];
  if (days > 0) return join(days, 'd', hours, 'h');
  if (hours > 0) return join(hours, 'h', minutes, 'min');
  return minutes > 0 ? `${minutes} min` : `${whole} s`;
}

function join(first: number, firstUnit: string, second: number, secondUnit: string): string {
  const rest = second > 0 ? ` ${second} ${secondUnit}` : '';
  return `${first} ${firstUnit}${rest}`;
}
