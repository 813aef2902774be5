namespace Tributary.Silo.Tests.Pipeline;

/// <summary>A folder that goes with its user.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tributary-test-");

    public string Path => folder.FullName;

    public void Dispose() => folder.Delete(recursive: true);
}
