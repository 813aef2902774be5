using System.Globalization;
using Tributary.Connectors.Configuration;
using Tributary.Pipeline.Definitions;

namespace Tributary.Silo.Configuration;

/// <summary>Reads the definitions of aggregates, and reports the line of each error.</summary>
internal static class AggregatesReader
{
    public static IReadOnlyList<AggregateDefinition> Read(ConfigField field, List<ConfigError> errors)
    {
        if (!field.IsSet)
            return [];

        try
        {
            return AggregateDefinition.ParseAll(ConfigJson.Of(field.Node!), field.Key);
        }
        catch (DefinitionException exception)
        {
            foreach (var error in exception.Errors)
                errors.Add(Locate(field, error));
            return [];
        }
    }

    private static ConfigError Locate(ConfigField field, DefinitionError error)
    {
        var node = field.Node!;
        var origin = node.Origin;
        foreach (var step in error.Key[field.Key.Length..].Split(['.', '['], StringSplitOptions.RemoveEmptyEntries))
        {
            ConfigNode? next = null;
            if (node is ConfigMap map && map.Fields.TryGetValue(step, out next))
                origin = map.Keys[step];
            else if (node is ConfigList list
                && int.TryParse(step.TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index < list.Items.Count)
                origin = (next = list.Items[index]).Origin;
            if (next is null)
                // A missing key is reported at the place where it should be.
                return new ConfigError(origin, error.Key, error.Found, error.Allowed);
            node = next;
        }

        return new ConfigError(
            origin,
            error.Key,
            node.IsSubstituted ? "a value with a variable in it, not shown here" : error.Found,
            error.Allowed);
    }
}
