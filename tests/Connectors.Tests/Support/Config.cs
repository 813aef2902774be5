using Tributary.Connectors.Configuration;

namespace Tributary.Connectors.Tests.Support;

/// <summary>Configuration as the YAML reader would give it, each value with its key as its origin.</summary>
internal static class Config
{
    /// <summary>Values: texts, other scalars, lists of these, and maps.</summary>
    public static ConfigMap Map(params (string Key, object? Value)[] fields)
    {
        var map = new ConfigMap("test.yml:1");
        foreach (var (key, value) in fields)
            map.Set(key, Node(value));
        return map;
    }

    public static ConfigField Field(ConfigNode? node, List<ConfigError> errors, string key = "store") =>
        new(node, key, "test.yml:1", errors);

    /// <summary>What a factory makes of a configuration without errors.</summary>
    public static T Make<T>(
        Func<ConfigField, ConnectorServices, T?> create, params (string Key, object? Value)[] fields)
        where T : class
    {
        List<ConfigError> errors = [];
        var made = create(Field(Map(fields), errors), Services());
        Assert.Empty(errors);
        return Assert.IsType<T>(made, exactMatch: false);
    }

    /// <summary>
    /// The errors that a factory reports, as the start shows them; asserts that it makes nothing then.
    /// </summary>
    public static IReadOnlyList<string> Errors<T>(
        Func<ConfigField, ConnectorServices, T?> create, params (string Key, object? Value)[] fields)
        where T : class
    {
        List<ConfigError> errors = [];
        var made = create(Field(Map(fields), errors), Services());
        Assert.NotEmpty(errors);
        Assert.Null(made);
        return [.. errors.Select(error => error.ToString())];
    }

    public static ConnectorServices Services(Action<string>? warn = null, string? folder = null) =>
        new(
            TimeProvider.System,
            warn ?? (static line => Assert.Fail($"An unexpected warning: {line}")),
            folder ?? Path.GetTempPath());

    private static ConfigNode Node(object? value) => value switch
    {
        ConfigNode node => node,
        IEnumerable<string> list => new ConfigList("test.yml:1", [.. list.Select(Node)]),
        bool flag => Scalar(flag ? "true" : "false"),
        _ => Scalar($"{value}"),
    };

    private static ConfigScalar Scalar(string text) => new("test.yml:1", text, text, IsQuoted: false);
}
