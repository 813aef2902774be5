using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>
/// No fragment spreads itself, directly or through others (spec section 5.5.2.2). The rule removes, one by one,
/// fragments that spread no remaining fragment; the rest lies on a cycle or leads to one. It does not recurse, so
/// chains may have any length.
/// </summary>
internal sealed class NoFragmentCycles : ValidationRule
{
    /// <summary>
    /// The longest chain of fragments that spread each other: other rules and the executor recurse along it.
    /// </summary>
    private const int MaxChainLength = 200;

    public override void Document(ValidationContext context)
    {
        var waiting = new Dictionary<string, int>();
        var usedBy = new Dictionary<string, List<string>>();
        foreach (var (name, fragment) in context.Fragments)
        {
            var spreads = Spreads(context, fragment);
            waiting[name] = spreads.Count;
            foreach (var spread in spreads)
            {
                if (!usedBy.TryGetValue(spread, out var users)) usedBy[spread] = users = [];
                users.Add(name);
            }
        }
        var chain = new Dictionary<string, int>();
        var free = new Queue<string>(waiting.Where(w => w.Value == 0).Select(w => w.Key));
        while (free.TryDequeue(out var name))
        {
            waiting.Remove(name);
            var length = chain.GetValueOrDefault(name, 1);
            foreach (var user in usedBy.GetValueOrDefault(name) ?? [])
            {
                chain[user] = Math.Max(chain.GetValueOrDefault(user, 1), length + 1);
                if (--waiting[user] == 0) free.Enqueue(user);
            }
        }
        var tooLong = chain.Values.Any(length => length > MaxChainLength);
        if (tooLong)
            context.Report($"Fragments spread each other over more than {MaxChainLength} levels, which is the limit.");
        context.HasFragmentCycles = waiting.Count > 0 || tooLong;
        foreach (var name in waiting.Keys)
        {
            var spread = context.Uses(context.Fragments[name]).Spreads.First(s => waiting.ContainsKey(s.Name));
            context.Report($"Fragment \"{name}\" must not spread itself, here through \"{spread.Name}\".", spread);
        }
    }

    private static HashSet<string> Spreads(ValidationContext context, FragmentDefinition fragment) =>
        [.. context.Uses(fragment).Spreads.Select(s => s.Name).Where(context.Fragments.ContainsKey)];
}
