namespace Tributary.Grains.Items.Processing;

/// <summary>An event of a part: a result of an activity, a demand, or the choice for the next activity.</summary>
internal enum PartEvent
{
    /// <summary>The activity could not read the message.</summary>
    Unreadable,

    /// <summary>
    /// The activity threw, or the database refused the turn of its result. The parts that an item holds fail by it:
    /// they see <see cref="FailedToRetry"/> and its like.
    /// </summary>
    NoResult,

    /// <summary>Earlier plugins made the result: their generations may have ended.</summary>
    Outdated,

    /// <summary>The part failed, and the retry policy gives the time of another attempt.</summary>
    FailedToRetry,

    /// <summary>The part failed, and the retry policy gives it up.</summary>
    FailedToPark,

    /// <summary>The part failed, and the retry policy lets it be.</summary>
    FailedToSkip,

    /// <summary>A plugin ran. A message as a whole sees this once for each of its plugins.</summary>
    Ran,

    /// <summary>The plugin of the part does not accept the message any more.</summary>
    NotAccepted,

    /// <summary>No plugin accepts the message.</summary>
    NoneAccepts,

    /// <summary>The message was a kept delivery, and the door took it.</summary>
    TakenIn,

    /// <summary>Somebody asks to try the part again.</summary>
    RetryAsked,

    /// <summary>Somebody asks to give the part up.</summary>
    ParkAsked,

    /// <summary>A replay ran the plugin on the message.</summary>
    Replayed,

    /// <summary>The next activity is due no earlier than the part.</summary>
    Joined,

    /// <summary>Another part is due earlier, and the next activity belongs to it.</summary>
    Overtaken,
}
