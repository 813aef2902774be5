using Microsoft.Extensions.Logging;
using Tributary.Storage;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Commits;

/// <summary>
/// Makes one round durable at a time, beside the loop. A doubtful commit is resolved with the database before the next
/// commit begins, so that each outcome is certain.
/// </summary>
/// <param name="away">
/// Called once, with the round whose outcome is unknown and the reason, when the store has not answered for
/// <see cref="RoundOptions.MaxStoreWait"/>.
/// </param>
internal sealed partial class Committer(
    SiloId silo, RoundOptions options, RoundEnvironment environment, IPartitionStore store, Departures departures,
    Action<Round, StoreException> away,
    RoundInstruments instruments, ILogger logger, CancellationToken ending)
{
    private readonly LimitedLog retries = new(environment.Time);
    private long askingSince;
    private bool isAway;

    // A sealed round that waits for the round before it.
    private Round? offered;

    /// <summary>
    /// Lets the round be committed as soon as the round before it is durable, without a step of the loop in between.
    /// </summary>
    public void Offer(Round round) => Volatile.Write(ref offered, round);

    /// <summary>Takes the offer back. True when the round was offered and its commit has not begun.</summary>
    public bool TryTakeBack(Round round) => Interlocked.CompareExchange(ref offered, null, round) == round;

    /// <summary>
    /// Commits the round, and the rounds that are offered meanwhile. A round behind one that did not become durable ran
    /// on top of turns that never happened: it is left to the loop.
    /// </summary>
    public async Task RunAsync(Round first, bool isHeartbeat, Action<Round, RoundEnd> ended)
    {
        for (Round? round = first, next; round is not null; round = next, isHeartbeat = false)
        {
            var end = await CommitAsync(round, isHeartbeat);
            next = end is RoundEnd.Durable or RoundEnd.Read ? Interlocked.Exchange(ref offered, null) : null;
            instruments.Ended(round, end, environment.Time.GetElapsedTime(askingSince));
            ended(round, end);
        }
    }

    /// <summary>
    /// Writes the states of the round as JSON ahead of its commit. The commit handles an error of this.
    /// </summary>
    public void Prepare(Round round)
    {
        try
        {
            _ = round.Commit;
        }
        catch (Exception error)
        {
            LogUnwritable(round.Number, error);
        }
    }

    // Commits the round, or checks the silo's row when the round has nothing to write.
    private async Task<RoundEnd> CommitAsync(Round round, bool isHeartbeat)
    {
        askingSince = environment.Time.GetTimestamp();
        isAway = false;
        if (!round.HasEffects && !isHeartbeat)
            return await CheckAsync(round);

        RoundCommit commit;
        try
        {
            commit = round.Commit;
        }
        catch (Exception error)
        {
            // A state that cannot be written is an error of the turn that made it, like data that the database refuses.
            return new RoundEnd.Rejected(error);
        }

        environment.Rules.BeforeCommit(round);
        var outcome = await TryCommitAsync(commit);
        for (var attempt = 1; ; attempt++)
        {
            switch (environment.Rules.OutcomeOf(round, outcome))
            {
                case CommitOutcome.Committed committed:
                    return Committed(round, committed.Transaction, committed.DatabaseTime, committed.Taken);
                case CommitOutcome.Rejected rejected:
                    LogRejected(round.Number, rejected.Error.Message);
                    return new RoundEnd.Rejected(rejected.Error);
                case CommitOutcome.Full full:
                    return new RoundEnd.Full(full.Error);
                case CommitOutcome.Outdated outdated:
                    return new RoundEnd.Outdated(outdated.Definitions);
                case CommitOutcome.NotOwned notOwned:
                    // Only a fault of the engine leads here: the silo cannot go on.
                    throw new InvalidOperationException(
                        $"Round {round.Number} was refused because of what it writes: {notOwned.Error}");
                case CommitOutcome.Unknown unknown:
                    retries.Write(unsaid => LogDoubt(round.Number, unknown.Error.Message, unsaid));
                    NoteAway(round, unknown.Error);
                    break;
            }

            instruments.Doubted();
            switch (await ResolveAsync(round))
            {
                case RoundResolution.Applied applied:
                    return Committed(
                        round, applied.Transaction, applied.DatabaseTime,
                        [.. applied.Owned.Where(owned => commit.Takes.Contains(owned.Partition))]);
                case RoundResolution.Dead:
                    return new RoundEnd.Dead();
                default:
                    await Task.Delay(options.Retries.After(attempt), environment.Time, ending);
                    outcome = await TryCommitAsync(commit);
                    break;
            }
        }
    }

    private RoundEnd.Durable Committed(
        Round round, long transaction, DateTimeOffset databaseTime, IReadOnlyList<TakenPartition> taken)
    {
        departures.Release(round, transaction);
        return new RoundEnd.Durable(transaction, databaseTime, taken);
    }

    private async Task<CommitOutcome> TryCommitAsync(RoundCommit commit)
    {
        try
        {
            return await store.CommitAsync(commit, CancellationToken.None);
        }
        catch (StoreException error) when (error.Fault != StoreFault.Fatal)
        {
            return new CommitOutcome.Unknown(error);
        }
    }

    private async Task<RoundResolution> ResolveAsync(Round round)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await store.ResolveAsync(silo, round.Number, CancellationToken.None);
            }
            catch (StoreException error) when (error.IsPassing)
            {
                retries.Write(unsaid => LogRetry("resolve", error.Message, unsaid));
                NoteAway(round, error);
            }

            await Task.Delay(options.Retries.After(attempt), environment.Time, ending);
        }
    }

    private async Task<RoundEnd> CheckAsync(Round round)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (!await store.CheckAsync(silo, round.Number - 1, CancellationToken.None))
                    return new RoundEnd.Dead();
                departures.ReleaseReads(round);
                return new RoundEnd.Read();
            }
            catch (StoreException error) when (error.IsPassing)
            {
                retries.Write(unsaid => LogRetry("check", error.Message, unsaid));
                NoteAway(round, error);
            }

            await Task.Delay(options.Retries.After(attempt), environment.Time, ending);
        }
    }

    // Callers do not wait for a store that is away for long: they are told that the outcome is unknown. The round
    // itself is not changed by this.
    private void NoteAway(Round round, Exception error)
    {
        if (isAway || environment.Time.GetElapsedTime(askingSince) < options.MaxStoreWait)
            return;
        isAway = true;
        var told = error is StoreException { Fault: StoreFault.Full }
            ? new StoreException(StoreFault.Full,
                "The disk of the database is full, and whether this is stored is not known yet. Sent again with the "
                + "same key, it is stored once.")
            : new StoreException(StoreFault.Transient,
                "The database does not answer, and whether this is stored is not known yet. Sent again with the same "
                + "key, it is stored once.");
        Departures.Refuse(round, told);
        away(round, new StoreException(told.Fault, error.Message, error));
    }
}

/// <summary>How a round ended, for certain.</summary>
internal abstract record RoundEnd
{
    /// <param name="Taken">The takes of the round that matched.</param>
    public sealed record Durable(
        long Transaction, DateTimeOffset DatabaseTime, IReadOnlyList<TakenPartition> Taken) : RoundEnd;

    /// <summary>There was nothing to write, and the answers of the reads have left.</summary>
    public sealed record Read : RoundEnd;

    /// <summary>Refused for its data: nothing was stored.</summary>
    public sealed record Rejected(Exception Error) : RoundEnd;

    /// <summary>There was no room: nothing was stored.</summary>
    public sealed record Full(StoreException Error) : RoundEnd;

    /// <summary>A later version of the definitions counts: nothing was stored.</summary>
    public sealed record Outdated(long Definitions) : RoundEnd;

    /// <summary>The silo was declared dead, and the round is not stored.</summary>
    public sealed record Dead : RoundEnd;
}
