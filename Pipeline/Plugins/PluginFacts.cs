using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tributary.Pipeline.Definitions;
using Tributary.Plugins;
using Tributary.Storage.Generations;

namespace Tributary.Pipeline.Plugins;

/// <summary>The plugin's own declarations, asked once and checked, and the generations that follow from them.</summary>
internal sealed class PluginFacts
{
    public const int MaxNameChars = 64;
    public const int MaxVersionChars = 128;
    private const string NameAllowed = "1 to 64 letters, digits, - and _";

    private PluginFacts(
        string name, string version, MediaTypePatterns mediaTypes, IReadOnlyList<AggregateDefinition> aggregates,
        JsonElement configuration)
    {
        Name = name;
        Version = version;
        MediaTypes = mediaTypes;
        Aggregates = aggregates;
        var configurationHash = Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Of(configuration)));
        Hash = HashOf(name, version, configurationHash);
        Proposals =
        [
            // The configuration itself may hold secrets: only its hash is stored.
            new DefinitionProposal(
                PluginHost.GenerationPrefix + name,
                Hash,
                Encoding.UTF8.GetBytes(
                    $$"""{"plugin":{{JsonSerializer.Serialize(name)}},"version":{{JsonSerializer.Serialize(version)}},"configurationSha256":"{{configurationHash}}"}""")
            )
            {
                NeedsCode = true,
            },
            .. aggregates.Select(aggregate => new DefinitionProposal(
                aggregate.Name, HashOf(aggregate), aggregate.Json)
            {
                NeedsCode = true,
            }),
        ];
    }

    public string Name { get; }

    public string Version { get; }

    public MediaTypePatterns MediaTypes { get; }

    public IReadOnlyList<AggregateDefinition> Aggregates { get; }

    /// <summary>The hash of the plugin's version and configuration.</summary>
    public string Hash { get; }

    /// <summary>The plugin's own generation is the first.</summary>
    public IReadOnlyList<DefinitionProposal> Proposals { get; }

    /// <exception cref="TributaryException"><c>plugin_invalid</c>.</exception>
    public static string NameOf(IPlugin plugin) =>
        Ask("name", () => plugin.Name) is { Length: > 0 and <= MaxNameChars } name
        && name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_')
        ? name
        : throw Invalid($"the name is {Show(plugin.Name)}; allowed: {NameAllowed}.");

    /// <exception cref="TributaryException">
    /// <c>plugin_invalid</c>; names what was found and what is allowed.
    /// </exception>
    public static PluginFacts Read(PluginSource source)
    {
        var plugin = source.Plugin;
        var name = NameOf(plugin);
        var version = Ask("version", () => plugin.Version);
        if (version is not { Length: > 0 and <= MaxVersionChars })
            throw Invalid($"the version is {Show(version)}; allowed: 1 to {MaxVersionChars} characters.");

        var patterns = Ask("media types", () => plugin.MediaTypes?.ToList());
        var mediaTypes = MediaTypePatterns.Of(patterns)
            ?? throw Invalid(
                $"the media types are {(patterns is null ? "missing" : $"[{string.Join(", ", patterns)}]")}; allowed: "
                + $"{MediaTypePatterns.Allowed}.");
        return new PluginFacts(name, version, mediaTypes, AggregatesOf(plugin), source.Configuration);
    }

    /// <summary>The hash of an aggregate's generation: it differs for each generation of the plugin.</summary>
    public string HashOf(AggregateDefinition aggregate) => HashOf(aggregate.Hash, Hash);

    private static IReadOnlyList<AggregateDefinition> AggregatesOf(IPlugin plugin)
    {
        if (Ask("aggregates", () => plugin.Aggregates)
            is not { ValueKind: not JsonValueKind.Undefined and not JsonValueKind.Null } json)
            return [];

        try
        {
            return AggregateDefinition.ParseAll(json);
        }
        catch (DefinitionException error)
        {
            throw Invalid(error.Message, error);
        }
    }

    private static T Ask<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error)
        {
            throw Invalid($"reading its {what} threw {ErrorText.LineOf(error)}", error);
        }
    }

    internal static string HashOf(params ReadOnlySpan<string> parts)
    {
        var text = new ArrayBufferWriter<byte>();
        foreach (var part in parts)
        {
            // The length in front keeps ("a", "bc") and ("ab", "c") apart.
            text.Write(Encoding.UTF8.GetBytes($"{part.Length}:{part}"));
        }

        return Convert.ToHexStringLower(SHA256.HashData(text.WrittenSpan));
    }

    private static string Show(string? text) =>
        text is null ? "missing" : $"\"{ErrorText.Cut(text, MaxVersionChars)}\"";

    private static TributaryException Invalid(string what, Exception? inner = null) =>
        new("plugin_invalid", what, inner);
}
