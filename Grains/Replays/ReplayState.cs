using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tributary.Grains;

public enum ReplayStatus
{
    Running,

    /// <summary>Every stored message that belongs to the generation is counted in it.</summary>
    Completed,

    /// <summary>All messages were looked at, and some failed: see <see cref="ReplayProgress.Failed"/>. Started again, it tries these once more.</summary>
    Incomplete,

    /// <summary>Stopped on demand; it can go on.</summary>
    Cancelled,

    /// <summary>It cannot go on as the server is configured now: see <see cref="ReplayProgress.Error"/>.</summary>
    Failed,
}

/// <summary>What is stored of the replays of one name.</summary>
/// <param name="Replays">By generation; at most <see cref="ReplayGrain.MaxKeptCount"/>.</param>
public sealed record ReplayState(IReadOnlyList<ReplayProgress> Replays)
{
    public static ReplayState Never { get; } = new([]);

    /// <summary>Fields that a newer version wrote; they survive a rewrite.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; set; }

    [JsonIgnore]
    public ReplayProgress? Running => Replays.FirstOrDefault(static replay => replay.Status == ReplayStatus.Running);

    public ReplayProgress? Find(int generation) => Replays.FirstOrDefault(replay => replay.Generation == generation);

    /// <summary>The state with this progress; beyond <paramref name="maxKept"/> that of the oldest generations is forgotten.</summary>
    public ReplayState With(ReplayProgress progress, int maxKept) => this with
    {
        Replays = [.. Replays.Where(replay => replay.Generation != progress.Generation).Append(progress).OrderBy(static replay => replay.Generation).TakeLast(maxKept)],
    };
}

/// <summary>How far one generation is built.</summary>
public sealed record ReplayProgress
{
    /// <summary>The id of the generation.</summary>
    public int Generation { get; init; }

    public ReplayStatus Status { get; init; }

    /// <inheritdoc cref="ReplayRequest.FromMs"/>
    public long? FromMs { get; init; }

    /// <inheritdoc cref="ReplayRequest.ToMs"/>
    public long? ToMs { get; init; }

    /// <summary>The position of the last message that was looked at.</summary>
    public long Cursor { get; init; }

    /// <summary>How many messages there are to look at, as known so far.</summary>
    public long TotalCount { get; init; }

    /// <summary>How many were looked at.</summary>
    public long SeenCount { get; init; }

    /// <summary>How many of these the replay counted; the others were counted as they came, lie outside the bounds, or do not belong here.</summary>
    public long CountedCount { get; init; }

    /// <summary>The messages that failed; at most <see cref="ReplayOptions.MaxFailedCount"/>.</summary>
    public IReadOnlyList<FailedReplay> Failed { get; init; } = [];

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it stands still or ended; null while it goes on.</summary>
    public string? Error { get; init; }

    /// <summary>The number of the last activity: a result of another one is late.</summary>
    public int Attempt { get; init; }

    /// <summary>How many activities failed since the last that did not.</summary>
    public int Failures { get; init; }

    /// <summary>Fields that a newer version wrote; they survive a rewrite.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>A message that could not be run again.</summary>
/// <param name="Error">A code, a colon and a sentence.</param>
/// <param name="Tries">How often it was tried since the replay was started.</param>
public sealed record FailedReplay(Guid Message, string Error, int Tries = 0);
