using Tributary.Pipeline.Plugins;
using Tributary.Replays;
using Tributary.Storage.Generations;

namespace Tributary.Pipeline.Generations;

/// <summary>
/// Demands on generations: to list them, to build one, to switch to it, to give one up. Callable from many threads.
/// </summary>
/// <param name="feeds">True in a process that feeds generations, and false in one that only reads.</param>
/// <param name="changed">
/// Called with every book that follows a change in the database, before anything else sees that book.
/// </param>
public sealed class GenerationControl(
    IRoundGrains grains, IGenerations store, GenerationBook opened, bool feeds, Action<GenerationBook> changed)
    : IGenerationControl
{
    private readonly SemaphoreSlim turn = new(1);
    private volatile GenerationBook book = opened;

    /// <summary>The generations as this process knows them.</summary>
    public GenerationBook Book => book;

    /// <summary>
    /// All generations that are not dropped, of names that left the configuration too, by name, then number, each
    /// with its replay.
    /// </summary>
    public async ValueTask<IReadOnlyList<GenerationView>> ListAsync()
    {
        var known = book;
        var kept = known.Generations.Where(static row => row.DroppedAt is null).ToList();
        var names = kept.Select(static row => row.Name).Distinct();
        var replays = new Dictionary<int, ReplayProgress>();
        foreach (var name in names.Where(name => !IsOfPlugin(known, name)))
        {
            foreach (var replay in await grains.GetGrain<IReplayGrain>(name).Read())
                replays[replay.Generation] = replay;
        }

        return
        [
            .. kept.Select(row => new GenerationView(
                    row,
                    known.IsConfigured(row),
                    replays.GetValueOrDefault(row.Id)))
                .OrderBy(static view => view.Row.Name, StringComparer.Ordinal)
                .ThenBy(static view => view.Row.Generation),
        ];
    }

    /// <summary>
    /// Builds the configured generation: runs stored messages through it, beside the live one.
    /// Answers with the replay as it begins.
    /// </summary>
    /// <param name="name">An aggregate of the configuration, or <c>plugin:</c> and a plugin's name.</param>
    /// <exception cref="TributaryException">
    /// <c>generation_not_found</c>, <c>aggregate_of_plugin</c>, <c>generation_not_fed</c>; from the grain: see
    /// <see cref="IReplayGrain.Start"/>.
    /// </exception>
    public async ValueTask<GenerationView> ReprocessAsync(string name, DateTimeOffset? from, DateTimeOffset? to)
    {
        var row = Named(book, name);
        if (!row.IsFed)
            throw NotFed(row);
        var request = new ReplayRequest(row.Id, from?.ToUnixTimeMilliseconds(), to?.ToUnixTimeMilliseconds());
        return new GenerationView(
            row, IsConfigured: true, await grains.GetGrain<IReplayGrain>(name).Start(request));
    }

    /// <summary>Stops the replay of a name, if one runs.</summary>
    public ValueTask CancelAsync(string name)
    {
        Named(book, name);
        return grains.GetGrain<IReplayGrain>(name).Cancel();
    }

    /// <summary>Makes a generation live; a plugin's goes together with those of its aggregates.</summary>
    /// <exception cref="TributaryException">
    /// <c>generation_not_found</c>, <c>generation_dropped</c>, <c>generation_not_fed</c>, <c>aggregate_of_plugin</c>;
    /// <c>generation_not_built</c>: it was never live and its replay has not ended.
    /// </exception>
    public ValueTask<IReadOnlyList<GenerationView>> SwitchAsync(
        string name, int number, CancellationToken cancellation) =>
        ChangeAsync(
            name,
            number,
            async (known, row) =>
            {
                if (row.LivedAt is null && !await IsBuiltAsync(row))
                    throw new TributaryException("generation_not_built",
                        $"Generation {number} of '{name}' is not built; allowed: one whose replay has completed, or "
                        + "that was live before.");
                if (known.TogetherWith(row).FirstOrDefault(static one => !one.IsFed) is { } still)
                    throw NotFed(still);
            },
            store.SwitchAsync,
            cancellation);

    /// <summary>Gives a generation up for good: from now on it is not fed.</summary>
    /// <exception cref="TributaryException">
    /// <c>generation_not_found</c>, <c>aggregate_of_plugin</c>, <c>generation_live</c>, <c>generation_configured</c>.
    /// </exception>
    public ValueTask<IReadOnlyList<GenerationView>> DropAsync(
        string name, int number, CancellationToken cancellation) =>
        ChangeAsync(
            name,
            number,
            (known, row) => known.IsConfigured(row)
                ? throw new TributaryException("generation_configured",
                    $"Generation {number} of '{name}' is the one that the configuration asks for; allowed: another "
                    + "one.")
                : ValueTask.CompletedTask,
            store.DropAsync,
            cancellation);

    /// <summary>
    /// Reads the generations again, because other processes may have changed some. A process that feeds generations
    /// also does what is due since silos came and went.
    /// </summary>
    public async ValueTask RefreshAsync(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            var stored = await store.ReadAsync(cancellation);
            if (stored.IsDue && feeds)
                stored = await store.ReviewAsync(cancellation);
            if (stored.Version != book.Stored.Version
                || !stored.Rows.Select(Mark).SequenceEqual(book.Generations.Select(Mark)))
                Publish(stored);
        }
        finally
        {
            turn.Release();
        }
    }

    private static (int Id, bool IsLive, bool IsDropped, Position? FedFrom) Mark(DefinitionRow row) =>
        (row.Id, row.IsLive, row.DroppedAt is not null, row.FedFrom);

    /// <summary>Changes a generation together with those that belong to it, if the check lets it pass.</summary>
    private async ValueTask<IReadOnlyList<GenerationView>> ChangeAsync(
        string name,
        int number,
        Func<GenerationBook, DefinitionRow, ValueTask> check,
        Func<IReadOnlyList<int>, CancellationToken, ValueTask<StoredDefinitions>> change,
        CancellationToken cancellation)
    {
        Named(book, name);
        await turn.WaitAsync(cancellation);
        try
        {
            var known = book;
            var row = Numbered(known, name, number);
            await check(known, row);
            Publish(await change([.. known.TogetherWith(row).Select(static one => one.Id)], cancellation));
        }
        finally
        {
            turn.Release();
        }

        return await ListAsync();
    }

    private static TributaryException NotFed(DefinitionRow row) => new(
        "generation_not_fed",
        $"No message is counted in generation {row.Generation} of '{row.Name}' as the servers are configured now; "
        + "allowed: one that is. One of a plugin is fed while all servers have the plugin's code.");

    private void Publish(StoredDefinitions stored)
    {
        var next = book.With(stored);
        changed(next);
        book = next;
    }

    private async ValueTask<bool> IsBuiltAsync(DefinitionRow row) =>
        (await grains.GetGrain<IReplayGrain>(row.Name).Read()).Any(replay =>
            replay.Generation == row.Id && replay.Status == ReplayStatus.Completed && IsJoined(replay, row));

    // A generation that was not fed for a while has a gap behind an earlier replay.
    private static bool IsJoined(ReplayProgress replay, DefinitionRow row) =>
        replay.FedFrom is not { } end || row.FedFrom is { } from && end >= from.Value;

    private static bool IsOfPlugin(GenerationBook known, string name) =>
        known.Configured.Any(row => row.Name == name && !PluginHost.IsPlugin(row) && !GenerationBook.IsDeclared(row));

    private static DefinitionRow Named(GenerationBook known, string name)
    {
        if (known.Configured.FirstOrDefault(row => row.Name == name) is not { } configured)
        {
            var names = known
                .Configured.Where(row => !IsOfPlugin(known, row.Name))
                .Select(static row => row.Name)
                .ToList();
            var found = known.Generations.Any(row => row.Name == name)
                ? $"'{name}' is stored and not configured"
                : $"Nothing named '{name}' is configured";
            var there = names.Count == 0 ? "none" : string.Join(", ", names);
            throw new TributaryException("generation_not_found", $"{found}; there are: {there}.");
        }

        return IsOfPlugin(known, name)
            ? throw new TributaryException("aggregate_of_plugin",
                $"The aggregate '{name}' belongs to a plugin; allowed: the plugin, with which it is built and "
                + "switched.")
            : configured;
    }

    private static DefinitionRow Numbered(GenerationBook known, string name, int number)
    {
        if (known.Generations.FirstOrDefault(row => row.Name == name && row.Generation == number) is { } found)
            return found;
        var there = known.Generations
            .Where(row => row.Name == name && row.DroppedAt is null)
            .Select(static row => row.Generation);
        throw new TributaryException(
            "generation_not_found",
            $"There is no generation {number} of '{name}'; there are: {string.Join(", ", there)}.");
    }
}

/// <summary>A generation, and whether it is configured and built.</summary>
/// <param name="Replay">The replay that builds it; null when none was ever started.</param>
public sealed record GenerationView(DefinitionRow Row, bool IsConfigured, ReplayProgress? Replay);
