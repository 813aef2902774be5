// Every plugin as a card, kept up to date while the section is visible.

import { readPlugins } from '../api.js';
import { byId } from '../lib/dom.js';
import { clearError, showError } from '../lib/notice.js';
import { syncChildren } from '../lib/sync.js';
import { Watch } from '../lib/watch.js';
import { PluginCard } from '../plugin.js';

const refreshMs = 2_000;

// Failed plugins come first, inactive ones last; within a state the server's order holds.
const order = ['FAILED', 'DEACTIVATED', 'ACTIVE', 'INACTIVE'];

export function pluginsView() {
  const place = byId('plugin-cards'), empty = byId('plugins-empty'), error = byId('plugins-error');
  const cards = new Map();
  const watch = new Watch(refresh, refreshMs);

  async function refresh() {
    try {
      const plugins = (await readPlugins()).sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
      for (const name of cards.keys())
        if (!plugins.some(each => each.name === name)) cards.delete(name);
      for (const plugin of plugins) {
        if (cards.has(plugin.name)) cards.get(plugin.name).update(plugin);
        else cards.set(plugin.name, new PluginCard(plugin));
      }
      syncChildren(place, plugins.map(each => cards.get(each.name).element));
      empty.hidden = plugins.some(each => each.state !== 'INACTIVE');
      clearError(error);
    } catch (problem) {
      showError(error, problem, () => watch.now());
    }
  }

  return { show: () => watch.start(), hide: () => watch.stop() };
}
