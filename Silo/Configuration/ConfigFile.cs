namespace Tributary.Silo.Configuration;

/// <summary>The configuration of a program that is not Tributary's own.</summary>
public static class ConfigFile
{
    /// <summary>Reads it as the program does: the file, and over it the environment variables.</summary>
    /// <exception cref="ConfigException">Something is wrong; names every error.</exception>
    public static SiloConfig Load(string path) => ConfigLoader.Load(path, Environment.GetEnvironmentVariables(), []);
}
