using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tributary.Replays;

/// <summary>The status of a replay.</summary>
public enum ReplayStatus
{
    Running,

    /// <summary>Every stored message that belongs to the generation is counted in it.</summary>
    Completed,

    /// <summary>
    /// Every message was read, and some failed: see <see cref="ReplayProgress.Failed"/>. A new
    /// start tries the failed messages again.
    /// </summary>
    Incomplete,

    /// <summary>Stopped on demand; a new start resumes it.</summary>
    Cancelled,

    /// <summary>
    /// The present configuration does not allow the replay to go on: see <see cref="ReplayProgress.Error"/>.
    /// </summary>
    Failed,
}

/// <summary>How far one generation is built.</summary>
[GenerateSerializer, Immutable, Alias("tributary.replay-progress")]
public sealed record ReplayProgress
{
    /// <summary>The id of the generation.</summary>
    [Id(0)]
    public int Generation { get; init; }

    [Id(1)]
    public ReplayStatus Status { get; init; }

    /// <inheritdoc cref="ReplayRequest.FromMs"/>
    [Id(2)]
    public long? FromMs { get; init; }

    /// <inheritdoc cref="ReplayRequest.ToMs"/>
    [Id(3)]
    public long? ToMs { get; init; }

    /// <summary>The position of the last message read.</summary>
    [Id(4)]
    public long Cursor { get; init; }

    /// <summary>The number of messages to read, as known so far.</summary>
    [Id(5)]
    public long TotalCount { get; init; }

    /// <summary>The number of messages read.</summary>
    [Id(6)]
    public long SeenCount { get; init; }

    /// <summary>
    /// The number of messages that the replay itself counted. Of the others read, some were counted as they came, some
    /// lie outside the bounds, and some do not belong to the generation.
    /// </summary>
    [Id(7)]
    public long CountedCount { get; init; }

    /// <summary>The failed messages; at most as many as the options of replays allow.</summary>
    [Id(8)]
    public IReadOnlyList<FailedReplay> Failed
    {
        get;
        init => field = Lists.Array(value);
    } = [];

    [Id(9)]
    public DateTimeOffset StartedAt { get; init; }

    [Id(10)]
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The reason why the replay waits or has ended; null while it runs.</summary>
    [Id(11)]
    public string? Error { get; init; }

    /// <summary>The number of the current activity; a result with another number is too late and ignored.</summary>
    [Id(12)]
    public int Attempt { get; init; }

    /// <summary>The number of activities that failed in a row.</summary>
    [Id(13)]
    public int Failures { get; init; }

    /// <summary>
    /// The position from which on the generation was fed when the last message was looked at; null before, and in
    /// replays of earlier versions.
    /// </summary>
    [Id(14)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FedFrom { get; init; }

    /// <summary>Fields that a newer version wrote; they survive a rewrite of the state, and do not travel.</summary>
    [JsonExtensionData]
    [field: NonSerialized]
    public IDictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>A message whose replay failed.</summary>
/// <param name="Error">A code, a colon and a sentence.</param>
/// <param name="Tries">The number of attempts since the replay was started.</param>
[GenerateSerializer, Immutable, Alias("tributary.failed-replay")]
public sealed record FailedReplay(Guid Message, string Error, int Tries = 0);
