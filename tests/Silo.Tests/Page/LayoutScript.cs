namespace Tributary.Silo.Tests.Page;

/// <summary>Measures an open page in the browser; each finding is a sentence that names the element.</summary>
internal static class LayoutScript
{
    /// <summary>
    /// Finds siblings that cover each other, elements that stick out of their parents or of the window, cut or tiny
    /// text, targets too small for a finger, and rows that are higher than their limit or hide their values.
    /// </summary>
    public const string Source = """
        limits => {
          const findings = [];
          const text = each => each.textContent.trim().slice(0, 30);
          const name = each =>
            `${each.tagName.toLowerCase()}${each.id ? '#' + each.id : ''}`
              + `.${[...each.classList].join('.')} "${text(each)}"`;
          const style = each => getComputedStyle(each);
          const isShown = each =>
            each.checkVisibility({ checkVisibilityCSS: true }) && each.getClientRects().length > 0;
          const isHiddenForEyes = each =>
            each.closest('.visually-hidden') !== null || each.closest('.top-skip') !== null;
          const clips = each => style(each).overflowX !== 'visible';
          const say = (kind, each, more) => findings.push(`${kind}: ${name(each)}${more ? ' – ' + more : ''}`);
          const root = document.documentElement;
          if (root.scrollWidth > root.clientWidth)
            findings.push(`the document is ${root.scrollWidth - root.clientWidth} px wider than the window`);

          const all = [...document.body.querySelectorAll('*')]
            .filter(each => each instanceof HTMLElement && isShown(each) && !isHiddenForEyes(each)
              && !['OPTION', 'BR'].includes(each.tagName));

          const shown = new Set(all);
          // Siblings that flow must not cover each other: line by line for text, box by box for the rest.
          const flows = each => ['static', 'relative'].includes(style(each).position);
          const meets = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5
            && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1.5;
          for (const parent of [document.body, ...all]) {
            const children = [...parent.children].filter(each => shown.has(each) && flows(each)).slice(0, 120);
            const rects = children.map(each => [...each.getClientRects()]);
            for (let one = 0; one < children.length; one++)
              for (let other = one + 1; other < Math.min(children.length, one + 12); other++)
                if (rects[one].some(a => rects[other].some(b => meets(a, b))))
                  say('covered by its sibling', children[one], name(children[other]));
          }

          for (const each of all) {
            const parent = each.parentElement;
            const own = each.getBoundingClientRect(), outer = parent.getBoundingClientRect();
            const isInside = own.right <= outer.right + 1.5 && own.left >= outer.left - 12;
            if (flows(each) && !clips(parent) && parent !== document.body && style(parent).display !== 'inline'
              && !isInside)
              say('sticks out of its parent', each, `${own.left}–${own.right} in ${outer.left}–${outer.right}`);
            const hasText = [...each.childNodes].some(node => node.nodeType === 3 && node.textContent.trim() !== '');
            if (hasText && parseFloat(style(each).fontSize) < limits.minFontPx)
              say('tiny text', each, style(each).fontSize);
            if (hasText && style(each).display !== 'inline' && !clips(each) && each.scrollWidth > each.clientWidth + 1)
              say('text spills', each);
            const isTarget = each.matches('button, select, summary, input:not([type=checkbox]), nav a');
            if (isTarget && own.height < limits.minTargetPx)
              say('a small target', each, `${Math.round(own.height)} px`);
          }

          // A row is read at a glance, and shows what it is there for.
          for (const [selector, maxPx] of Object.entries(limits.rows))
            for (const row of document.querySelectorAll(selector)) {
              if (!isShown(row)) continue;
              const height = row.getBoundingClientRect().height;
              if (height > maxPx) say('a row too high', row, `${Math.round(height)} px, at most ${maxPx}`);
            }
          for (const row of document.querySelectorAll('.message summary')) {
            if (!isShown(row)) continue;
            const box = row.querySelector('.message-fields').getBoundingClientRect();
            const value = row.querySelector('.message-value')?.getBoundingClientRect();
            if (value !== undefined && (value.width < 4 || value.left > box.right - 30 || value.top > box.bottom - 8))
              say('no value in sight', row);
          }
          for (const label of document.querySelectorAll('.message-name'))
            if (isShown(label) && style(label).display !== 'inline' && label.textContent.length <= 16
              && label.scrollWidth > label.clientWidth + 1)
              say('a short name is cut', label);
          for (const row of document.querySelectorAll('.scroll tbody tr')) {
            const value = row.cells[1];
            if (!isShown(row) || value === undefined) continue;
            const room = row.closest('.scroll').getBoundingClientRect();
            if (value.getBoundingClientRect().left > Math.min(room.right, innerWidth) - 24)
              say('no value in sight', row);
          }
          for (const label of document.querySelectorAll('.chart text, .map text')) {
            if (!isShown(label)) continue;
            const sizePx = label.getScreenCTM().a * parseFloat(style(label).fontSize);
            if (sizePx < limits.minFontPx - 1) say('tiny text in a picture', label, `${sizePx.toFixed(1)} px`);
          }
          return findings.slice(0, 40);
        }
        """;
}
