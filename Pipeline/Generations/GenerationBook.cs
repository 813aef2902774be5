using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Plugins;
using Tributary.Storage.Generations;

namespace Tributary.Pipeline.Generations;

/// <summary>
/// Which generations this process feeds, and which of them readers see: the glossary's section "Generations" explains
/// the words. Immutable; a switch or a drop makes another book.
/// </summary>
public sealed class GenerationBook
{
    /// <summary>
    /// The newest generations of one name that are fed, besides the live and the configured one; older ones stand
    /// still.
    /// </summary>
    public const int MaxFedCount = 4;

    private readonly HashSet<string> declared;

    /// <param name="generations">All registered generations.</param>
    /// <param name="configured">
    /// The configured generations, aggregates of the configuration first; empty in a process that only reads.
    /// </param>
    /// <param name="declaredCount">How many of these are aggregates of the configuration and not of plugins.</param>
    public GenerationBook(
        IReadOnlyList<DefinitionRow> generations, IReadOnlyList<DefinitionRow> configured, int declaredCount)
        : this(generations, configured, configured.Take(declaredCount).Select(static one => one.Name))
    {
        Fed = [.. Configured.Select(static one => one.Name).Distinct().SelectMany(FedOf).OrderBy(static one => one.Id)];
    }

    private GenerationBook(
        IReadOnlyList<DefinitionRow> generations, IReadOnlyList<DefinitionRow> configured, IEnumerable<string> declared)
    {
        Generations = generations;
        this.declared = [.. declared];
        Configured = [.. configured.Select(one => generations.First(known => known.Id == one.Id))];
    }

    /// <summary>All registered generations.</summary>
    public IReadOnlyList<DefinitionRow> Generations { get; }

    /// <summary>The generations of the definitions that the configuration and its plugins have now.</summary>
    public IReadOnlyList<DefinitionRow> Configured { get; }

    /// <summary>
    /// The generations that messages are counted in as they come: the configured ones, the live ones, and some former
    /// ones.
    /// </summary>
    public IReadOnlyList<DefinitionRow> Fed { get; private init; } = [];

    /// <summary>The fed generations of the configuration's own aggregates, which count bodies.</summary>
    public IReadOnlyList<DefinedGeneration> Declared => [.. Fed.Where(IsDeclared).Select(Defined)];

    /// <summary>The live generations of aggregates.</summary>
    public LiveDefinitions Live => field ??= NewLive();

    /// <summary>True in a process that only reads: it does not know which generations are fed.</summary>
    public bool IsReader { get; init; }

    /// <summary>
    /// The live generations that are not fed: the configuration does not have them any more. In the order of
    /// registration.
    /// </summary>
    public IReadOnlyList<DefinitionRow> Unfed =>
        IsReader ? [] : [.. Generations.Where(one => one.IsLive && !IsFed(one))];

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

    /// <summary>
    /// The book after a switch or a drop. A generation that was not fed stays so until the next start: nobody could say
    /// from which position on it is fed.
    /// </summary>
    public GenerationBook With(IReadOnlyList<DefinitionRow> changed) =>
        new(changed, Configured, declared)
        {
            IsReader = IsReader,
            Fed = [.. changed.Where(one => one.DroppedAt is null && IsFed(one))],
        };

    public bool IsFed(DefinitionRow generation) => Fed.Any(fed => fed.Id == generation.Id);

    public bool IsConfigured(DefinitionRow generation) =>
        Configured.Any(configured => configured.Id == generation.Id);

    /// <summary>True for an aggregate of the configuration, and not of a plugin.</summary>
    public bool IsDeclared(DefinitionRow generation) =>
        declared.Contains(generation.Name) && generation.Hash == AggregateDefinition.HashOf(generation.Definition);

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

    // Definitions with equal hashes count the same: of these the newest is fed.
    private List<DefinitionRow> FedOf(string name)
    {
        var kept = Generations.Where(one => one.Name == name && one.DroppedAt is null)
            .GroupBy(static one => one.Hash)
            .Select(static same => same.MaxBy(static one => one.Generation)!)
            .OrderByDescending(static one => one.Generation)
            .ToList();
        return
        [
            .. kept.Where((one, index) => index < MaxFedCount || one.IsLive || IsConfigured(one)),
            .. Generations.Where(one => one.Name == name && one.IsLive && !kept.Contains(one)),
        ];
    }

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
            Fed = IsReader ? null : Fed.Select(static one => one.Id).ToHashSet(),
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

    /// <summary>The ids of the fed generations; null in a process that only reads, which does not know them.</summary>
    public IReadOnlySet<int>? Fed { get; init; }

    /// <summary>True when the generation is fed; null when this process does not know.</summary>
    public bool? IsFed(DefinedGeneration live) => Fed?.Contains(live.Generation);
}
