using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Plugins;
using Tributary.Storage.Generations;

namespace Tributary.Pipeline.Generations;

/// <summary>
/// What this process makes of the registered generations: which it counts in, and which readers see. Immutable; a
/// switch makes another one.
/// </summary>
public sealed class GenerationBook
{
    /// <summary>
    /// The newest generations of one name that are counted in, besides the live one and the configured one; older ones
    /// stand still.
    /// </summary>
    public const int MaxFedCount = 4;

    private readonly HashSet<string> declared;
    private readonly IReadOnlyList<DefinitionRow> rows;

    /// <param name="rows">All registered generations.</param>
    /// <param name="current">
    /// The generation of each proposal of this process, declared aggregates first; empty in a process that only reads.
    /// </param>
    /// <param name="declaredCount">How many of these are aggregates of the configuration and not of plugins.</param>
    public GenerationBook(IReadOnlyList<DefinitionRow> rows, IReadOnlyList<DefinitionRow> current, int declaredCount)
        : this(rows, current, current.Take(declaredCount).Select(static row => row.Name))
    {
        Fed = [.. Current.Select(static row => row.Name).Distinct().SelectMany(FedOf).OrderBy(static row => row.Id)];
    }

    private GenerationBook(
        IReadOnlyList<DefinitionRow> rows, IReadOnlyList<DefinitionRow> current, IEnumerable<string> declared)
    {
        this.rows = rows;
        this.declared = [.. declared];
        Current = [.. current.Select(row => rows.First(known => known.Id == row.Id))];
    }

    /// <summary>The generations that the configuration asks for.</summary>
    public IReadOnlyList<DefinitionRow> Current { get; }

    /// <summary>
    /// The generations that messages are counted in as they come: the configured ones, the live ones, and some former
    /// ones.
    /// </summary>
    public IReadOnlyList<DefinitionRow> Fed { get; private init; } = [];

    /// <summary>Those of <see cref="Fed"/> that count bodies by the configuration's own aggregates.</summary>
    public IReadOnlyList<ActiveDefinition> Declared =>
        [
            .. Fed.Where(IsDeclared)
                .Select(static row => new ActiveDefinition(row.Id, AggregateDefinition.Parse(row.Definition))),
        ];

    /// <summary>What readers see.</summary>
    public LiveDefinitions Live => field ??= NewLive();

    /// <summary>True in a process that only reads: it does not know what is counted in.</summary>
    public bool IsReader { get; init; }

    /// <summary>
    /// What readers see and no message is counted in: the configuration does not have it any more. In the order of
    /// registration.
    /// </summary>
    public IReadOnlyList<DefinitionRow> Unfed => IsReader ? [] : [.. rows.Where(row => row.IsLive && !IsFed(row))];

    /// <summary>All registered generations.</summary>
    public IReadOnlyList<DefinitionRow> Rows => rows;

    /// <summary>The generation of a plugin that readers see, or null.</summary>
    public int? LivePlugin(string plugin) =>
        rows.FirstOrDefault(row => row.IsLive && row.Name == PluginHost.GenerationPrefix + plugin)?.Id;

    /// <summary>
    /// The plugins that ever made something, with the generations that readers see, in the order of their names.
    /// </summary>
    public IReadOnlyList<(string Name, int Generation)> LivePlugins =>
        [
            .. rows.Where(static row => row.IsLive && PluginHost.IsPlugin(row))
                .Select(static row => (PluginHost.PluginOf(row), row.Id))
                .OrderBy(static one => one.Item1, StringComparer.Ordinal),
        ];

    /// <summary>
    /// The book after a switch or a drop. What was not fed is not fed from then on either: from which position on it
    /// would be, nobody could say.
    /// </summary>
    public GenerationBook With(IReadOnlyList<DefinitionRow> changed) =>
        new(changed, Current, declared)
        {
            IsReader = IsReader,
            Fed = [.. changed.Where(row => row.DroppedAt is null && IsFed(row))],
        };

    public bool IsFed(DefinitionRow row) => Fed.Any(fed => fed.Id == row.Id);

    /// <summary>True for an aggregate of the configuration, and not of a plugin.</summary>
    public bool IsDeclared(DefinitionRow row) =>
        declared.Contains(row.Name) && row.Hash == AggregateDefinition.HashOf(row.Definition);

    /// <summary>
    /// The generations that are switched and built together with this one: a plugin's with its aggregates'.
    /// </summary>
    public IReadOnlyList<DefinitionRow> SetOf(DefinitionRow row) =>
        PluginHost.IsPlugin(row)
            ? [row, .. PluginHost.AggregatesOf(row, rows.Where(static other => other.DroppedAt is null))]
            : [row];

    // Definitions with equal hashes count the same: of these the newest is fed.
    private List<DefinitionRow> FedOf(string name)
    {
        var known = rows.Where(row => row.Name == name && row.DroppedAt is null)
            .GroupBy(static row => row.Hash)
            .Select(static same => same.MaxBy(static row => row.Generation)!)
            .OrderByDescending(static row => row.Generation)
            .ToList();
        return
        [
            .. known.Where(
                (row, index) => index < MaxFedCount || row.IsLive || Current.Any(current => current.Id == row.Id)),
            .. rows.Where(row => row.Name == name && row.IsLive && !known.Contains(row)),
        ];
    }

    private LiveDefinitions NewLive()
    {
        // What left the configuration is stored all the same, and comes after what it has.
        var names = Current.Concat(rows).Select(static row => row.Name).Distinct();
        var live = names.Where(static name => !name.StartsWith(PluginHost.GenerationPrefix, StringComparison.Ordinal))
            .Select(name => rows.FirstOrDefault(row => row.Name == name && row.IsLive)).OfType<DefinitionRow>();
        return new LiveDefinitions(
            [.. live.Select(static row => new ActiveDefinition(row.Id, AggregateDefinition.Parse(row.Definition)))],
            rows.ToDictionary(static row => row.Id, static row => row.Generation))
        {
            Fed = IsReader ? null : Fed.Select(static row => row.Id).ToHashSet(),
        };
    }
}

/// <summary>The definitions that readers see, replaced as a whole.</summary>
/// <param name="Definitions">In the order of the configuration, then those that are stored and that it does not
/// have.</param>
/// <param name="GenerationNumbers">The number of each generation of a name, by the id that rows carry.</param>
public sealed record LiveDefinitions(
    IReadOnlyList<ActiveDefinition> Definitions, IReadOnlyDictionary<int, int> GenerationNumbers)
{
    public static LiveDefinitions None { get; } = new([], new Dictionary<int, int>());

    /// <summary>
    /// The generations that messages are counted in; null in a process that only reads, which does not know.
    /// </summary>
    public IReadOnlySet<int>? Fed { get; init; }

    /// <summary>True when messages are counted in it as they come; null when this process does not know.</summary>
    public bool? IsFed(ActiveDefinition definition) => Fed?.Contains(definition.Generation);
}
