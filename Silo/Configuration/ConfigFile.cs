namespace Tributary.Silo.Configuration;

/// <summary>The configuration, for a host other than Tributary's own program.</summary>
public static class ConfigFile
{
    /// <summary>Reads the configuration as the program does: the file, and over it the environment variables.</summary>
    /// <exception cref="ConfigException">Something is wrong; names every error.</exception>
    public static SiloConfig Load(string path) => ConfigLoader.Load(path, Environment.GetEnvironmentVariables(), []);
}
