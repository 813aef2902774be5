using System.Globalization;
using System.Reflection;

namespace Tributary.Storage.Migrations;

/// <summary>
/// One numbered step of a schema, an embedded file <c>NNNN_name.sql</c>. Steps only add (new tables, columns, indexes),
/// so that a silo of the version before goes on working beside them.
/// </summary>
internal sealed record Migration(int Version, string Name, string Sql)
{
    /// <summary>
    /// All steps of a dialect in order. Numbers may be missing: steps that were made side by side do not wait for each
    /// other.
    /// </summary>
    public static IReadOnlyList<Migration> Load(string dialect)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = $"Tributary.Storage.{dialect}.Migrations.";
        var migrations = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => Read(assembly, name, name[prefix.Length..^".sql".Length]))
            .ToList();

        for (var i = 1; i < migrations.Count; i++)
        {
            if (migrations[i].Version <= migrations[i - 1].Version)
                throw new InvalidOperationException(
                    $"Migration {migrations[i].Name} has the number of {migrations[i - 1].Name}.");
        }

        return migrations;
    }

    /// <summary>
    /// The steps that a database still needs which has had those numbered <paramref name="applied"/>.
    /// </summary>
    /// <exception cref="StoreException">The database is newer than this build.</exception>
    public static IEnumerable<Migration> Missing(IReadOnlyList<Migration> known, IReadOnlySet<int> applied)
    {
        var unknown = applied.Except(known.Select(migration => migration.Version)).Order().ToList();
        if (unknown.Count > 0)
        {
            throw new StoreException(
                StoreFault.Fatal,
                $"The database has schema version {unknown[^1]}; this build knows versions up to {known[^1].Version}. "
                + "Start a build that is at least as new as the one that wrote it.");
        }

        return known.Where(migration => !applied.Contains(migration.Version));
    }

    private static Migration Read(Assembly assembly, string resource, string name)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return new Migration(
            int.Parse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }
}
