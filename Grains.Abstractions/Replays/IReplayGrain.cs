using Orleans.Concurrency;

namespace Tributary.Replays;

/// <summary>
/// Builds generations of one name from stored messages, beside the live one; one generation at a time. The key is an
/// aggregate's name, or <c>plugin:</c> and a plugin's name.
/// </summary>
[Alias("tributary.replay")]
public interface IReplayGrain : IGrainWithStringKey
{
    /// <summary>
    /// Begins a replay, or goes on where an earlier replay of this generation ended, without counting a message again.
    /// When the replay runs already, the answer is its progress.
    /// </summary>
    /// <exception cref="TributaryException">
    /// <c>replay_running</c>: another generation of this name is being built. <c>replay_bounds_fixed</c>: this
    /// generation was begun with other bounds.
    /// </exception>
    [Alias("Start")]
    ValueTask<ReplayProgress> Start(ReplayRequest request);

    /// <summary>Stops the running replay, if there is one; <see cref="Start"/> resumes it.</summary>
    [Alias("Cancel")]
    ValueTask Cancel();

    /// <summary>All replays of this name, by generation.</summary>
    [ReadOnly, Alias("Read")]
    ValueTask<IReadOnlyList<ReplayProgress>> Read();
}

/// <param name="Generation">The id of the generation to build.</param>
/// <param name="FromMs">
/// The replay takes messages accepted at this time or later, in milliseconds since 1970; null: from the first.
/// </param>
/// <param name="ToMs">The replay takes messages accepted before this time; null: to the last.</param>
[GenerateSerializer, Immutable, Alias("tributary.replay-request")]
public sealed record ReplayRequest(int Generation, long? FromMs = null, long? ToMs = null);
