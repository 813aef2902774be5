using System.Collections;
using Tributary.Connectors.Configuration;
using Tributary.Silo.Configuration;
using Tributary.Silo.Tests.Pipeline;

namespace Tributary.Silo.Tests.Configuration;

/// <summary>A configuration in a folder of its own.</summary>
internal sealed class ConfigurationFile : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public string Folder => folder.Path;

    public string Path => System.IO.Path.Combine(folder.Path, "tributary.yaml");

    public SiloConfig Load(string yaml, IDictionary? environment = null)
    {
        File.WriteAllText(Path, yaml);
        return ConfigLoader.Load(Path, environment ?? new Hashtable(), []);
    }

    public IReadOnlyList<ConfigError> ErrorsOf(string yaml, IDictionary? environment = null) =>
        Assert.Throws<ConfigException>(() => Load(yaml, environment)).Errors;

    public void Dispose() => folder.Dispose();
}
