using System.Collections;
using Tributary.Connectors.Configuration;

namespace Tributary.Silo.Configuration;

/// <summary>
/// Lays environment variables and options over a file: <c>TRIBUTARY__API__URLS</c> is <c>api.urls</c>. A later layer
/// replaces the whole value of its key.
/// </summary>
internal sealed class ConfigLayers(ConfigMap root, List<ConfigError> errors)
{
    public const string Prefix = "TRIBUTARY__";

    private const int MaxDepth = 4;

    /// <summary>All variables that begin with the prefix, in any case of letters.</summary>
    public void AddEnvironment(IDictionary environment)
    {
        var ours = environment
            .Keys.Cast<string>()
            .Where(name => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase));
        foreach (var name in ours.Order(StringComparer.Ordinal))
        {
            var origin = $"environment variable {name}";
            var path = name[Prefix.Length..].ToLowerInvariant().Split("__");
            if (path.Length > MaxDepth || path.Contains(""))
                errors.Add(new ConfigError(origin, "its name", $"\"{name}\"", $"{Prefix}SECTION__KEY"));
            else
                Set(path, Value(origin, (string)environment[name]!));
        }
    }

    /// <summary>Sets one value, given as text.</summary>
    public void AddOption(string option, string path, string text) =>
        Set(path.Split('.'), new ConfigScalar($"option {option}", text, text, IsQuoted: false));

    public void AddOption(string option, string path, IEnumerable<string> texts) =>
        Set(
            path.Split('.'),
            new ConfigList(
                $"option {option}",
                [.. texts.Select(text => new ConfigScalar($"option {option}", text, text, IsQuoted: false))]));

    /// <summary>
    /// Lists and maps are written as in YAML, in brackets or braces; any other value is the text as it is.
    /// </summary>
    private ConfigNode Value(string origin, string text)
    {
        if (text.Length > 0
            && text[0] is '[' or '{'
            && new YamlReader(origin, static _ => null, errors).Read(
                text.Replace("${", "$${", StringComparison.Ordinal))
                is { } read)
            return read;
        return new ConfigScalar(origin, text, text, IsQuoted: false);
    }

    private void Set(ReadOnlySpan<string> path, ConfigNode value)
    {
        var map = root;
        foreach (var name in path[..^1])
        {
            if (map.Fields.GetValueOrDefault(name) is not ConfigMap inner)
                map.Set(name, inner = new ConfigMap(value.Origin));
            map = inner;
        }

        map.Set(path[^1], value);
    }
}
