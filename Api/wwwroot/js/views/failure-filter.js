// The filter of failures in three forms: the controls, the section's address, and the parameters of the API.

import { readPlugins } from '../api.js';
import { byId, h } from '../lib/dom.js';

const fields = ['status', 'source', 'plugin', 'step', 'error'];

// "Any plugin" and "the message as a whole" are no names. A mark precedes each name, so no name can look like them.
const anyPlugin = 'any', wholeMessage = 'whole', nameMark = 'name:';

export function bindFilter(form, onChange) {
  const plugin = byId('failures-plugin');
  const control = name => form.elements.namedItem(name);

  /** The parameters of `GET /failures`; empty conditions are left out. */
  function parameters() {
    const found = {};
    for (const name of fields) {
      const { value } = control(name);
      if (name === 'plugin')
        found.plugin = value === anyPlugin ? undefined : value === wholeMessage ? '' : value.slice(nameMark.length);
      else if (value !== '') found[name] = value;
    }
    return found;
  }

  function apply() {
    const given = Object.entries(parameters()).filter(([, value]) => value !== undefined);
    const search = new URLSearchParams(given);
    history.replaceState(null, '', `#/failures${search.size > 0 ? `?${search}` : ''}`);
    onChange();
  }

  function choosePlugin(name) {
    const value = name === null ? anyPlugin : name === '' ? wholeMessage : nameMark + name;
    if (![...plugin.options].some(option => option.value === value)) plugin.append(option(name));
    plugin.value = value;
  }

  const option = name => h('option', { value: nameMark + name }, name);

  async function listPlugins() {
    try {
      const known = new Set([...plugin.options].map(each => each.value));
      plugin.append(
        ...(await readPlugins()).filter(each => !known.has(nameMark + each.name)).map(each => option(each.name)),
      );
    } catch {
      // The list of failures shows the error. The names that were read before stay.
    }
  }

  form.addEventListener('submit', event => {
    event.preventDefault();
    apply();
  });
  form.addEventListener('change', apply);

  return {
    parameters,
    isSet: () => Object.values(parameters()).some(value => value !== undefined),
    clear() {
      form.reset();
      apply();
      control('status').focus();
    },
    /** Sets the controls to the conditions of an address. */
    show(asked) {
      form.reset();
      for (const name of fields)
        if (name !== 'plugin' && asked.has(name)) control(name).value = asked.get(name);
      choosePlugin(asked.get('plugin'));
      listPlugins();
    },
  };
}
