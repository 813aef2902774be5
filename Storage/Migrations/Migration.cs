using System.Globalization;
using System.Reflection;
using Tributary.Runtime.Store;

namespace Tributary.Storage.Migrations;

/// <summary>
/// One numbered step of a schema, an embedded file <c>NNNN_name.sql</c>. Steps only add (new tables, columns, indexes), so
/// that a silo of the version before goes on working beside them.
/// </summary>
internal sealed record Migration(int Version, string Name, string Sql)
{
    /// <summary>All steps of a dialect in order, numbered from 1 without gaps.</summary>
    public static IReadOnlyList<Migration> Load(string dialect)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = $"Tributary.Storage.{dialect}.Migrations.";
        var migrations = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => Read(assembly, name, name[prefix.Length..^".sql".Length]))
            .ToList();

        for (var i = 0; i < migrations.Count; i++)
        {
            if (migrations[i].Version != i + 1)
                throw new InvalidOperationException($"Migration {migrations[i].Name} should have the number {i + 1}.");
        }

        return migrations;
    }

    /// <summary>The steps that a database at <paramref name="version"/> still needs.</summary>
    /// <exception cref="StoreException">The database is newer than this build.</exception>
    public static IEnumerable<Migration> Missing(IReadOnlyList<Migration> known, int version)
    {
        if (version > known.Count)
        {
            throw new StoreException(
                StoreFault.Fatal,
                $"The database has schema version {version}; this build knows versions up to {known.Count}. Start a build that is at least as new as the one that wrote it.");
        }

        return known.Skip(version);
    }

    private static Migration Read(Assembly assembly, string resource, string name)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return new Migration(int.Parse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }
}
