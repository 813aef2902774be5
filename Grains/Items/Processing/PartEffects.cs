namespace Tributary.Grains.Items.Processing;

/// <summary>What a transition asks the turn for.</summary>
[Flags]
internal enum PartEffects
{
    None = 0,

    /// <summary>The store and its ledger get the parts that are left.</summary>
    Report = 1,

    /// <summary>The failure feed gets an entry.</summary>
    Raise = 2,

    /// <summary>The run's records, contributions and outcomes are added.</summary>
    Add = 4,

    /// <summary>An activity that includes the part replaces the message's activity.</summary>
    Start = 8,

    /// <summary>The message's activity ends, or is replaced by one without the part.</summary>
    Stop = 16,

    /// <summary>The same activity is started again at once.</summary>
    StartAgain = 32,

    /// <summary>The same activity is started again, later with each attempt.</summary>
    StartLater = 64,

    /// <summary>An activity is started that only looks the message up, and brings its error back.</summary>
    LookUp = 128,
}
