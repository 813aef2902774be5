namespace Tributary.Pipeline.Plugins;

/// <summary>Picks the plugins that run among those that were found, and gives the others a status.</summary>
internal sealed class PluginPicking
{
    private static readonly PluginCounts Nothing = new(0, 0, 0, TimeSpan.Zero, null, null, 0);

    public List<(PluginSource Source, PluginFacts Facts)> Chosen { get; } = [];

    public List<PluginStatus> Others { get; } = [];

    /// <exception cref="TributaryException"><c>plugin_duplicate</c>, <c>plugin_unknown</c>.</exception>
    public static PluginPicking Pick(PluginHostSetup setup, Action<string> log)
    {
        var picking = new PluginPicking();
        foreach (var fault in setup.Faults)
            picking.Fail(fault.Name, fault.Origin, fault.Reason, log);

        var named = new SortedDictionary<string, PluginSource>(StringComparer.Ordinal);
        foreach (var source in setup.Found)
        {
            if (picking.NameOf(source, log) is not { } name)
                continue;
            if (!named.TryAdd(name, source))
                throw new TributaryException("plugin_duplicate",
                    $"Two plugins are named \"{name}\": {named[name].Origin} and {source.Origin}; allowed: each name "
                    + "once.");
        }

        picking.CheckNames([.. setup.Active ?? [], .. setup.Disabled], named.Keys);
        var taken = setup.TakenAggregates.ToDictionary(static name => name, static _ => "the configuration");
        foreach (var (name, source) in named)
        {
            if ((setup.Active is null || setup.Active.Contains(name)) && !setup.Disabled.Contains(name))
                picking.Choose(name, source, taken, log);
            else
                picking.Others.Add(
                    new PluginStatus(name, PluginState.Inactive, source.Origin, null, null, null, [], [], [], Nothing));
        }

        return picking;
    }

    private string? NameOf(PluginSource source, Action<string> log)
    {
        try
        {
            return PluginFacts.NameOf(source.Plugin);
        }
        catch (TributaryException error)
        {
            Fail(source.Plugin.GetType().Name, source.Origin, $"{error.Code}: {error.Message}", log);
            return null;
        }
    }

    private void CheckNames(IReadOnlyList<string> asked, IReadOnlyCollection<string> found)
    {
        // A folder that cannot be loaded most likely holds the plugin of that name: the folder is reported, and the
        // others run.
        var unknown = asked
            .Where(name => !found.Contains(name) && !Others.Exists(other => other.Name == name))
            .ToList();
        if (unknown.Count > 0)
            throw new TributaryException("plugin_unknown",
                $"There is no plugin {string.Join(", ", unknown.Select(static name => $"\"{name}\""))}; there are: "
                + $"{string.Join(", ", found)}.");
    }

    private void Choose(string name, PluginSource source, Dictionary<string, string> taken, Action<string> log)
    {
        try
        {
            var facts = PluginFacts.Read(source);
            foreach (var aggregate in facts.Aggregates)
            {
                if (taken.TryGetValue(aggregate.Name, out var owner))
                    throw new TributaryException(
                        "plugin_invalid",
                        $"its aggregate \"{aggregate.Name}\" has the name of one of {owner}; allowed: each name once.");
            }

            foreach (var aggregate in facts.Aggregates)
                taken.Add(aggregate.Name, $"plugin {name}");
            Chosen.Add((source, facts));
        }
        catch (TributaryException error)
        {
            Fail(name, source.Origin, $"{error.Code}: {error.Message}", log);
        }
    }

    private void Fail(string name, string origin, string reason, Action<string> log)
    {
        Others.Add(new PluginStatus(name, PluginState.Failed, origin, reason, null, null, [], [], [], Nothing));
        log($"plugin {name}: {origin}: {reason}");
    }
}
