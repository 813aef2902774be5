using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Plugins;
using Tributary.Storage.Generations;

namespace Tributary.Pipeline.Generations;

/// <summary>
/// Which generations are fed, and which of them readers see: the glossary's section "Generations" explains the words.
/// Immutable; a change in the database makes another book.
/// </summary>
public sealed class GenerationBook
{
    private readonly IReadOnlyList<int> configuredIds;

    /// <param name="configured">
    /// The generations of the definitions that this process has, aggregates of the configuration first; empty in a
    /// process that only reads.
    /// </param>
    public GenerationBook(StoredDefinitions stored, IReadOnlyList<DefinitionRow> configured)
        : this(stored, [.. configured.Select(static one => one.Id)])
    {
    }

    private GenerationBook(StoredDefinitions stored, IReadOnlyList<int> configured)
    {
        Stored = stored;
        configuredIds = configured;
        Configured = [.. configured.Select(id => stored.Rows.First(known => known.Id == id))];
        Fed = [.. stored.Rows.Where(static one => one.IsFed)];
    }

    /// <summary>The definitions as they were read.</summary>
    public StoredDefinitions Stored { get; }

    /// <summary>All registered generations.</summary>
    public IReadOnlyList<DefinitionRow> Generations => Stored.Rows;

    /// <summary>The generations of the definitions that the configuration and its plugins have now.</summary>
    public IReadOnlyList<DefinitionRow> Configured { get; }

    /// <summary>
    /// The generations that messages are counted in as they come, in every silo: see <see cref="IGenerations"/>.
    /// </summary>
    public IReadOnlyList<DefinitionRow> Fed { get; }

    /// <summary>
    /// What the plugins of this process add to: what is fed, and their own generations. Another silo may not have their
    /// code yet, and then these are not fed; what is added to them is not replayed.
    /// </summary>
    public IReadOnlyList<DefinitionRow> Bound =>
        [.. Fed.Concat(Configured).DistinctBy(static one => one.Id).OrderBy(static one => one.Id)];

    /// <summary>The fed generations of the configurations' own aggregates, which count bodies.</summary>
    public IReadOnlyList<DefinedGeneration> Declared => [.. Fed.Where(IsDeclared).Select(Defined)];

    /// <summary>
    /// The paths whose values every silo finds in bodies: see <see cref="StoredDefinitions.IndexedPaths"/>.
    /// </summary>
    public IReadOnlyList<IndexedPath> IndexedPaths => [.. Stored.IndexedPaths.Select(IndexedPath.Of)];

    /// <summary>The live generations of aggregates.</summary>
    public LiveDefinitions Live => field ??= NewLive();

    /// <summary>
    /// The live generations that are not fed: no configuration has them any more. In the order of registration.
    /// </summary>
    public IReadOnlyList<DefinitionRow> Unfed =>
        [.. Generations.Where(static one => one is { IsLive: true, IsFed: false })];

    /// <summary>The live generation of a plugin, or null.</summary>
    public int? LivePlugin(string plugin) =>
        Generations.FirstOrDefault(one => one.IsLive && one.Name == PluginHost.GenerationPrefix + plugin)?.Id;

    /// <summary>The plugins with a live generation, in the order of their names.</summary>
    public IReadOnlyList<(string Name, int Generation)> LivePlugins =>
        [
            .. Generations.Where(static one => one.IsLive && PluginHost.IsPlugin(one))
                .Select(static one => (PluginHost.PluginOf(one), one.Id))
                .OrderBy(static one => one.Item1, StringComparer.Ordinal),
        ];

    /// <summary>The book after a change in the database.</summary>
    public GenerationBook With(StoredDefinitions changed) => new(changed, configuredIds);

    /// <summary>The generation of this id when it is fed; otherwise null.</summary>
    public DefinitionRow? FedOf(int id) => Fed.FirstOrDefault(one => one.Id == id);

    public bool IsConfigured(DefinitionRow generation) => configuredIds.Contains(generation.Id);

    /// <summary>True for an aggregate of a configuration, and not of a plugin.</summary>
    public static bool IsDeclared(DefinitionRow generation) =>
        !generation.NeedsCode
        && !PluginHost.IsPlugin(generation)
        && generation.Hash == AggregateDefinition.HashOf(generation.Definition);

    /// <summary>
    /// The generations that are switched and built together with this one: a plugin's with its aggregates'.
    /// </summary>
    public IReadOnlyList<DefinitionRow> TogetherWith(DefinitionRow generation) =>
        PluginHost.IsPlugin(generation)
            ?
            [
                generation,
                .. PluginHost.AggregatesOf(generation, Generations.Where(static other => other.DroppedAt is null)),
            ]
            : [generation];

    private LiveDefinitions NewLive()
    {
        // An aggregate that left the configuration is stored all the same, and comes after the configured ones.
        var names = Configured.Concat(Generations).Select(static one => one.Name).Distinct();
        var live = names.Where(static name => !name.StartsWith(PluginHost.GenerationPrefix, StringComparison.Ordinal))
            .Select(name => Generations.FirstOrDefault(one => one.Name == name && one.IsLive))
            .OfType<DefinitionRow>();
        return new LiveDefinitions(
            [.. live.Select(Defined)],
            Generations.ToDictionary(static one => one.Id, static one => one.Generation))
        {
            Fed = Fed.Select(static one => one.Id).ToHashSet(),
        };
    }

    private static DefinedGeneration Defined(DefinitionRow generation) =>
        new(generation.Id, AggregateDefinition.Parse(generation.Definition));
}

/// <summary>The definitions of the live generations of aggregates, replaced as a whole.</summary>
/// <param name="Definitions">
/// In the order of the configuration, then the definitions that are stored and not configured.
/// </param>
/// <param name="GenerationNumbers">The number of each generation within its name, by the id that rows carry.</param>
public sealed record LiveDefinitions(
    IReadOnlyList<DefinedGeneration> Definitions, IReadOnlyDictionary<int, int> GenerationNumbers)
{
    public static LiveDefinitions None { get; } = new([], new Dictionary<int, int>());

    /// <summary>The ids of the fed generations.</summary>
    public IReadOnlySet<int> Fed { get; init; } = new HashSet<int>();

    /// <summary>True when new messages are counted in the generation.</summary>
    public bool IsFed(DefinedGeneration live) => Fed.Contains(live.Generation);
}
