using Tributary.Plugins;

namespace Tributary.Pipeline.Plugins;

/// <summary>The limits of plugins. Each says what happens when it is reached.</summary>
public sealed class PluginHostOptions
{
    /// <summary>How long one run may take; then it is cancelled and fails (<c>plugin_timeout</c>).</summary>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a cancelled run may take to end; then its thread is given up and the message goes on.
    /// </summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a plugin may take to start; then it is reported as failed.</summary>
    public TimeSpan StartTimeLimit { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Runs of one plugin that were given up and have not come back; at this number it is deactivated.
    /// </summary>
    public int MaxHeldThreadsCount { get; set; } = 3;

    /// <summary>Documents of contributions of one message together, in bytes; a larger result is refused.</summary>
    public int MaxContributionBytes { get; set; } = PluginResult.MaxRecordBytes;

    /// <summary>
    /// Statements and their parameters of one message together, in bytes; a larger result is refused.
    /// </summary>
    public int MaxCommandBytes { get; set; } = 4 << 20;

    /// <summary>Parameters of one command; a result with more is refused.</summary>
    public int MaxParametersCount { get; set; } = 1_000;
}
