using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Orleans;
using Tributary.Messages;

namespace Tributary.Plugins;

/// <summary>
/// Turns content into records and contributions. Many threads call it at once. It may run twice for one
/// message; the result counts once. The platform loads every public implementation with a parameterless
/// constructor in the library of a plugin folder.
/// </summary>
public interface IPlugin
{
    /// <summary>Unique among plugins: 1 to 64 letters, digits, <c>-</c> and <c>_</c>.</summary>
    string Name { get; }

    /// <summary>Changes whenever the same input may give another result.</summary>
    string Version { get; }

    /// <summary>The media types that the plugin accepts: <c>image/jpeg</c>, <c>image/*</c>, <c>*/*</c>.</summary>
    IReadOnlyList<string> MediaTypes { get; }

    /// <summary>
    /// The aggregates that results contribute to: a JSON array of definitions as in the configuration
    /// (<c>docs/aggregates.md</c>). Their pointers lead into the documents of <see cref="PluginContribution"/>. Names
    /// are unique on the platform.
    /// </summary>
    JsonElement? Aggregates => null;

    /// <summary>Called once, before every other method, with the plugin's own configuration.</summary>
    /// <exception cref="Exception">
    /// The plugin cannot be used; the platform reports the error and runs the other plugins.
    /// </exception>
    ValueTask StartAsync(PluginSetup setup, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>Runs on one message. An exception fails this plugin's part of the message only.</summary>
    /// <exception cref="PluginException">
    /// Tells whether a retry may help; the platform retries after no other exception.
    /// </exception>
    ValueTask<PluginResult> ExecuteAsync(PluginContext context, CancellationToken cancellation);
}

/// <param name="Configuration">
/// The plugin's own section of the configuration; an empty object when there is none.
/// </param>
/// <param name="Folder">
/// The folder that the plugin was loaded from; the program's own folder for built-in plugins.
/// </param>
/// <param name="Log">Logs one line for the operator.</param>
public sealed record PluginSetup(JsonElement Configuration, string Folder, Action<string> Log);

/// <summary>One message as a plugin sees it. Immutable.</summary>
public sealed class PluginContext
{
    private readonly Func<Stream> open;
    private readonly IGrainFactory? grains;

    public PluginContext(Func<Stream> open) => this.open = open;

    public required Message Message { get; init; }

    /// <summary>The metadata, an object; null when the message refers to none.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>The media type of the content, in lower case and without parameters.</summary>
    public required string MediaType { get; init; }

    /// <summary>In bytes.</summary>
    public required long ContentLength { get; init; }

    /// <summary>The SHA-256 of the content, in lower-case hexadecimal digits.</summary>
    public required string ContentSha256 { get; init; }

    /// <summary>The location of the content as the message names it; null when the body is the content.</summary>
    public string? ContentLocation { get; init; }

    /// <summary>
    /// The file that holds the content while the plugin runs, for programs that read files;
    /// null when the content is in memory.
    /// </summary>
    public string? ContentPath { get; init; }

    /// <summary>
    /// References to the grains of the cluster, ordinary ones and round grains. What a grain does for the plugin is the
    /// grain's own affair: it stays done when the result is lost, and is asked for again when the plugin runs again
    /// (<c>docs/plugins.md</c>).
    /// </summary>
    /// <exception cref="InvalidOperationException">The plugin runs in no silo, as in a unit test.</exception>
    [AllowNull]
    public IGrainFactory Grains
    {
        get => grains ?? throw new InvalidOperationException(
            "The plugin runs in no silo: it has no grains to call. A test sets PluginContext.Grains.");
        init => grains = value;
    }

    /// <summary>Opens a stream at the beginning of the content; the plugin disposes of it.</summary>
    public Stream OpenContent() => open();
}

/// <summary>A fault of a plugin that knows whether a retry may help.</summary>
public sealed class PluginException(string message, bool mayHelpToRetry, Exception? inner = null)
    : TributaryException("plugin_failed", message, inner)
{
    public bool MayHelpToRetry { get; } = mayHelpToRetry;
}
