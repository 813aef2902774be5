using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>
/// No fragment spreads itself, directly or through others (spec section 5.5.2.2). Fragments that nothing unvisited
/// needs are taken away one by one; what remains lies on or before a cycle. No recursion, so chains may be of any
/// length.
/// </summary>
internal sealed class NoFragmentCycles : ValidationRule
{
    /// <summary>
    /// How many fragments may spread each other in a row: other rules and the executor recurse along them.
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
