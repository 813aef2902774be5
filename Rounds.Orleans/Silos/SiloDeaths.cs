using System.Collections.Concurrent;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Orleans.Silos;

/// <summary>What is certain of a silo.</summary>
internal enum SiloVerdict
{
    /// <summary>Nothing says that the silo is dead.</summary>
    Lives,

    /// <summary>Orleans holds the silo for dead, or never knew it: its row says so next.</summary>
    Dead,

    /// <summary>
    /// The silo's process has ended, and Orleans has not noticed: Orleans is told, then the row says so.
    /// </summary>
    Ended,

    /// <summary>
    /// The silo is cut off from the database alone, which Orleans would never notice: the row says so, then Orleans is
    /// told.
    /// </summary>
    CutOff,
}

/// <summary>
/// Decides which silos are dead. A wrong decision costs a silo its life and never a message, because the database
/// fences what a dead silo would write. A database that stands still or starts again kills nobody: it shows no silo
/// without a session, or the observer without its own.
/// </summary>
/// <param name="time">Measures how long a silo has been without a session.</param>
internal sealed class SiloDeaths(TimeProvider time)
{
    /// <summary>How long a silo that answers may be without a session while the observer has one.</summary>
    public static readonly TimeSpan MaxTimeWithoutSession = TimeSpan.FromSeconds(10);

    // A change of the membership is looked at beside the regular look.
    private readonly ConcurrentDictionary<SiloId, long> withoutSessionSince = new();

    /// <summary>Judges the rows of one look at the database.</summary>
    /// <param name="rows">All silos that are not declared dead.</param>
    /// <param name="own">The observer's own silo.</param>
    /// <param name="statusOf">
    /// What Orleans says of an address, by a view that was read after the rows; <see cref="SiloStatus.None"/> for a
    /// silo that it does not know.
    /// </param>
    /// <param name="refuses">True when the process at an address has ended for certain.</param>
    public async Task<List<(LivingSilo Silo, SiloVerdict Verdict)>> JudgeAsync(
        IReadOnlyList<LivingSilo> rows, SiloId own, Func<string, SiloStatus> statusOf, Func<string, Task<bool>> refuses)
    {
        Forget(rows, hasSession: rows.Any(row => row.Silo == own && row.HasSession));
        var verdicts = new List<(LivingSilo, SiloVerdict)>();
        foreach (var row in rows)
        {
            if (row.Silo == own)
                continue;
            var verdict = await JudgeAsync(row, statusOf(row.Address), refuses);
            if (verdict != SiloVerdict.Lives)
                verdicts.Add((row, verdict));
        }

        return verdicts;
    }

    private async Task<SiloVerdict> JudgeAsync(LivingSilo row, SiloStatus status, Func<string, Task<bool>> refuses)
    {
        if (status == SiloStatus.Dead)
            return SiloVerdict.Dead;
        if (row.HasSession)
            return SiloVerdict.Lives;
        if (status == SiloStatus.None)
            return SiloVerdict.Dead;
        if (await refuses(row.Address))
            return SiloVerdict.Ended;
        if (!withoutSessionSince.TryGetValue(row.Silo, out var since))
            withoutSessionSince[row.Silo] = since = time.GetTimestamp();
        return time.GetElapsedTime(since) >= MaxTimeWithoutSession ? SiloVerdict.CutOff : SiloVerdict.Lives;
    }

    // Only the time during which the observer itself had a session counts.
    private void Forget(IReadOnlyList<LivingSilo> rows, bool hasSession)
    {
        if (!hasSession)
        {
            withoutSessionSince.Clear();
            return;
        }

        var without = rows.Where(static row => !row.HasSession).Select(static row => row.Silo).ToHashSet();
        foreach (var silo in withoutSessionSince.Keys.Where(silo => !without.Contains(silo)).ToList())
            withoutSessionSince.TryRemove(silo, out _);
    }
}
