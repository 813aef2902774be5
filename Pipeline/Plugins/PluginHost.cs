using Tributary.Grains.Items;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;
using Tributary.Plugins;
using Tributary.Storage.Generations;
using Tributary.Storage.PluginTables;

namespace Tributary.Pipeline.Plugins;

/// <summary>
/// Starts plugins and holds them to their limits. First <see cref="StartAsync"/>, then <see cref="Bind"/> with the
/// registered generations of <see cref="Proposals"/>; until then no plugin is active.
/// </summary>
public sealed class PluginHost : IPluginHost, IAsyncDisposable
{
    /// <summary>The prefix of the names of plugins' own generations: no aggregate's name has a colon.</summary>
    public const string GenerationPrefix = "plugin:";

    private readonly Lock gate = new();
    private readonly PluginHostOptions options;
    private readonly IPluginTables tables;
    private readonly Action<string> log;
    private readonly List<HostedPlugin> hosted;
    private readonly List<PluginStatus> others;
    private ActivePlugins active = new(0, []);

    private PluginHost(
        PluginHostOptions options, IPluginTables tables, Action<string> log, PluginPicking picked, TimeProvider time)
    {
        this.options = options;
        this.tables = tables;
        this.log = log;
        others = picked.Others;
        hosted =
        [
            .. picked.Chosen.Select(one => new HostedPlugin(one.Source, one.Facts, options, time, log, PublishAgain)),
        ];
    }

    /// <inheritdoc/>
    public ActivePlugins Active => Volatile.Read(ref active);

    /// <summary>
    /// The generations to register: one per plugin, named <c>plugin:NAME</c>, and one per aggregate of a plugin.
    /// </summary>
    public IReadOnlyList<DefinitionProposal> Proposals => [.. hosted.SelectMany(static one => one.Facts.Proposals)];

    /// <summary>True when the row is a plugin's own generation, and not an aggregate's.</summary>
    public static bool IsPlugin(DefinitionRow row) => row.Name.StartsWith(GenerationPrefix, StringComparison.Ordinal);

    /// <summary>The plugin whose own generation the row is: see <see cref="IsPlugin"/>.</summary>
    public static string PluginOf(DefinitionRow row) => row.Name[GenerationPrefix.Length..];

    /// <summary>All plugins that were found, in the order of their names.</summary>
    public IReadOnlyList<PluginStatus> Statuses
    {
        get
        {
            var bound = Active.Plugins.Cast<BoundPlugin>().ToDictionary(static one => one.Name);
            return
            [
                .. hosted
                    .Select(one => StatusOf(one, bound.GetValueOrDefault(one.Facts.Name)))
                    .Concat(others)
                    .OrderBy(static one => one.Name, StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>
    /// Starts the plugins that the configuration names, all at once. One that fails is reported, and the others run.
    /// </summary>
    /// <param name="log">Takes one line for the operator; callable from many threads.</param>
    /// <exception cref="TributaryException">
    /// <c>plugin_duplicate</c>: two plugins have one name; <c>plugin_unknown</c>: no plugin of a name was found.
    /// </exception>
    public static async Task<PluginHost> StartAsync(
        PluginHostSetup setup,
        IPluginTables tables,
        TimeProvider time,
        Action<string> log,
        CancellationToken cancellation)
    {
        var picked = PluginPicking.Pick(setup, log);
        var host = new PluginHost(setup.Options, tables, log, picked, time);
        await Task.WhenAll(host.hosted.Select(one => host.StartAsync(one, time, cancellation)));
        return host;
    }

    /// <summary>
    /// Binds the plugins to their fed generations, and publishes them. Called again when the fed generations change. A
    /// plugin's results are added to all its fed generations, former versions' too: only the code of today exists.
    /// </summary>
    /// <param name="rows">The fed generations; those of aggregates and of other plugins are passed over.</param>
    /// <exception cref="InvalidOperationException">The generation of a proposal is not among them.</exception>
    public void Bind(IReadOnlyList<DefinitionRow> rows)
    {
        var byHash = rows.ToLookup(static row => (row.Name, row.Hash));
        lock (gate)
            Publish([
                .. hosted.Select(one => Bind(one, byHash)).OrderBy(static one => one.Name, StringComparer.Ordinal),
            ]);
    }

    /// <summary>Ends plugins that can be ended. Callers cancel their runs before.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var one in hosted)
        {
            one.Dispose();
            try
            {
                if (one.Plugin is IAsyncDisposable waiting)
                    await waiting.DisposeAsync();
                else if (one.Plugin is IDisposable direct)
                    direct.Dispose();
            }
            catch (Exception thrown)
            {
                one.Say($"threw when it was ended: {ErrorText.LineOf(thrown)}");
            }
        }
    }

    private async Task StartAsync(HostedPlugin one, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            if (one.Source.InitScript is { } script)
                await tables.InitialiseAsync(one.Facts.Name, script, cancellation);
            var setup = new PluginSetup(one.Source.Configuration, one.Source.Folder, line =>
                one.Say(ErrorText.Line(line)));
            if (!await OffCaller.RunAsync(
                    stop => one.Plugin.StartAsync(setup, stop), options.StartTimeLimit, time, cancellation))
                one.FailStart(
                    $"plugin_not_started: The plugin took longer than {options.StartTimeLimit.TotalSeconds} s to "
                    + "start.");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception thrown)
        {
            var what = thrown is TributaryException known ? ErrorText.Line(known.Message) : ErrorText.LineOf(thrown);
            one.FailStart($"plugin_not_started: {what}");
        }
    }

    private BoundPlugin Bind(HostedPlugin one, ILookup<(string Name, string Hash), DefinitionRow> rows)
    {
        var proposals = one.Facts.Proposals;
        foreach (var proposal in proposals)
        {
            if (!rows.Contains((proposal.Name, proposal.Hash)))
                throw new InvalidOperationException($"{proposal.Name} of plugin {one.Facts.Name} is not registered.");
        }

        var all = rows.SelectMany(static group => group).ToList();
        var fed = all.Where(row => row.Name == proposals[0].Name)
            .Select(row => (Row: row, Aggregates: AggregatesOf(row, all)))
            .ToList();
        var calculators = one.Facts.Aggregates.ToDictionary(
            static aggregate => aggregate.Name,
            aggregate => new ContributionCalculator(
            [
                .. fed.SelectMany(static one => one.Aggregates).Where(row => row.Name == aggregate.Name)
                    .Select(static row => new DefinedGeneration(row.Id, AggregateDefinition.Parse(row.Definition))),
            ]));
        var generation = rows[(proposals[0].Name, proposals[0].Hash)].Max(static row => row.Id);
        return new BoundPlugin(
            one,
            generation,
            [
                .. fed.Select(static one => new FedGeneration(
                    one.Row.Id, [.. one.Aggregates.Select(static row => row.Id)])),
            ],
            calculators,
            tables,
            options);
    }

    /// <summary>The generations of the aggregates that belong to this generation of a plugin.</summary>
    internal static IReadOnlyList<DefinitionRow> AggregatesOf(DefinitionRow plugin, IEnumerable<DefinitionRow> all) =>
        [
            .. all.Where(row =>
                !IsPlugin(row)
                && row.Hash == PluginFacts.HashOf(AggregateDefinition.HashOf(row.Definition), plugin.Hash)),
        ];

    private void PublishAgain()
    {
        lock (gate)
            Publish(active.Plugins);
        log($"plugins: set {active.Number} follows a deactivation");
    }

    private void Publish(IReadOnlyList<IActivePlugin> plugins) =>
        Volatile.Write(ref active, new ActivePlugins(active.Number + 1, plugins));

    private static PluginStatus StatusOf(HostedPlugin one, BoundPlugin? bound)
    {
        var facts = one.Facts;
        var state =
            one.Unavailable is null ? PluginState.Active
            : one.IsDeactivated ? PluginState.Deactivated
            : PluginState.Failed;
        return new PluginStatus(
            facts.Name,
            state,
            one.Source.Origin,
            one.Unavailable,
            facts.Version,
            bound?.Generation,
            facts.MediaTypes.Patterns,
            [.. facts.Aggregates.Select(static aggregate => aggregate.Name)],
            bound?.Refusals ?? [],
            one.Counters.Read());
    }
}
