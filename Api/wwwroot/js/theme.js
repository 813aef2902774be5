// The theme: one button goes round system, light and dark. The choice is stored where the browser allows it.

const choices = ['system', 'light', 'dark'];

export function bindTheme(button) {
  const root = document.documentElement;
  const label = button.querySelector('.top-theme-name');
  const show = () => {
    const choice = root.dataset.theme ?? 'system';
    label.textContent = choice;
    button.setAttribute('aria-label', `Theme: ${choice}`);
  };
  button.addEventListener('click', () => {
    const next = choices[(choices.indexOf(root.dataset.theme ?? 'system') + 1) % choices.length];
    if (next === 'system') delete root.dataset.theme;
    else root.dataset.theme = next;
    remember(next);
    show();
  });
  show();
}

function remember(choice) {
  try {
    localStorage.setItem('theme', choice);
  } catch {
    // The browser may forbid storage. Then the choice lasts as long as the page.
  }
}
