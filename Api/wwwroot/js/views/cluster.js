// The silos as cards, and the partitions as squares in the colours of their silos.

import { readCluster } from '../api.js';
import { byId, h } from '../lib/dom.js';
import { count } from '../lib/format.js';
import { clearError, showError } from '../lib/notice.js';
import { syncChildren } from '../lib/sync.js';
import { Watch } from '../lib/watch.js';
import { SiloCard, toneOf } from '../silo.js';

const refreshMs = 2_000;

export function clusterView() {
  const place = byId('cluster-silos'), map = byId('cluster-map');
  const sum = byId('cluster-sum'), error = byId('cluster-error');
  const cards = new Map();
  const watch = new Watch(refresh, refreshMs);

  async function refresh() {
    try {
      paint(await readCluster());
      clearError(error);
    } catch (problem) {
      showError(error, problem, () => watch.now());
    }
  }

  function paint({ silos, partitions }) {
    const tones = new Map(silos.map((silo, index) => [String(silo.id), toneOf(index)]));
    for (const id of cards.keys())
      if (!tones.has(id)) cards.delete(id);
    for (const silo of silos) {
      const id = String(silo.id);
      if (cards.has(id)) cards.get(id).update(silo, tones.get(id));
      else cards.set(id, new SiloCard(silo, tones.get(id)));
    }
    syncChildren(place, silos.map(silo => cards.get(String(silo.id)).element));
    paintMap(partitions, tones);
    const unowned = partitions.filter(each => each.silo === null).length;
    sum.textContent = `${count(silos.length)} ${silos.length === 1 ? 'silo runs' : 'silos run'} `
      + `${count(partitions.length - unowned)} of ${count(partitions.length)} partitions.`;
  }

  function paintMap(partitions, tones) {
    map.replaceChildren(...partitions.map(({ id, silo, deferredRowCount }) => {
      const owner = silo === null ? 'nobody' : `silo ${silo}`;
      const waiting = deferredRowCount > 0 ? `, ${count(deferredRowCount)} rows of calls wait` : '';
      const square = h('span', { class: 'cluster-square', title: `partition ${id}: ${owner}${waiting}` });
      square.classList.toggle('is-free', silo === null);
      square.classList.toggle('is-waiting', deferredRowCount > 0);
      square.style.setProperty('--tone', tones.get(String(silo)) ?? 'var(--line-strong)');
      return square;
    }));
    const shares = [...tones.keys()]
      .map(id => `silo ${id} owns ${count(partitions.filter(each => String(each.silo) === id).length)}`);
    map.setAttribute('aria-label', `${count(partitions.length)} partitions: ${shares.join(', ')}.`);
  }

  return { show: () => watch.start(), hide: () => watch.stop() };
}
