// Runs before the first paint, so that a chosen theme does not flash. Not a module, because modules wait.
try {
  const chosen = localStorage.getItem('theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // Storage can be forbidden by the browser; the system's theme is then the right one.
}
