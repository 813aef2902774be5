using Tributary.Grains.Items;
using Tributary.Plugins;

namespace Tributary.Pipeline.Plugins;

/// <summary>Makes the outcomes of failed runs.</summary>
internal static class PluginRuns
{
    /// <param name="code">Listed in <c>docs/errors.md</c>.</param>
    public static PluginRun Failed(string code, string sentence, bool mayHelpToRetry = false) =>
        new(PluginResult.Empty, [], $"{code}: {sentence}", mayHelpToRetry);

    /// <summary>
    /// The outcome of a run that threw: only a <see cref="PluginException"/> says that trying again may help.
    /// </summary>
    public static PluginRun Failed(Exception thrown) => thrown is PluginException known
        ? Failed("plugin_failed", ErrorText.Line(known.Message), known.MayHelpToRetry)
        : Failed("plugin_failed", ErrorText.LineOf(thrown));
}
