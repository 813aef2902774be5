// Runs before the first paint, so that the page never flashes in another theme. No module: modules run too late.
try {
  const chosen = localStorage.getItem('theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // The browser may forbid storage. Then the system's theme applies.
}
