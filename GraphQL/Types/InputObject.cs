using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Tributary.GraphQL.Types;

/// <summary>
/// Coerced arguments, or a coerced input object. A member without value and default is absent, which differs from null.
/// Values are null, bool, int, double, string, results of scalar codecs, enum names or their bound members, lists as
/// <c>List&lt;object?&gt;</c>, and input objects as this type.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "Input object is the word of the GraphQL specification.")]
public sealed class InputObject : IReadOnlyDictionary<string, object?>
{
    private readonly Dictionary<string, object?> values = [];

    public static InputObject Empty { get; } = new();

    internal void Set(string name, object? value) => values[name] = value;

    public object? this[string key] => values[key];

    public int Count => values.Count;

    public IEnumerable<string> Keys => values.Keys;

    public IEnumerable<object?> Values => values.Values;

    /// <summary>True when the member was given, perhaps as null, or has a default.</summary>
    public bool Has(string name) => values.ContainsKey(name);

    /// <summary>The value, or the default of <typeparamref name="T"/> when it is absent or null.</summary>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    public T? Get<T>(string name) => values.GetValueOrDefault(name) is { } value ? (T)value : default;

    /// <summary>The items of a list; empty when it is absent or null.</summary>
    public IReadOnlyList<T> GetList<T>(string name) =>
        values.GetValueOrDefault(name) is IReadOnlyList<object?> list ? [.. list.Select(item => (T)item!)] : [];

    public bool ContainsKey(string key) => values.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value) => values.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
