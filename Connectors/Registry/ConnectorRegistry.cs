using System.Reflection;
using Tributary.Connectors.Configuration;

namespace Tributary.Connectors.Registry;

/// <summary>
/// All connectors of this process by kind and type: the built-in ones, and those of libraries in configured folders.
/// </summary>
public sealed class ConnectorRegistry
{
    private const int MaxFoldersCount = 64;
    private const string FoldersAllowed = "folders with connector libraries, or with a folder for each";

    private readonly Dictionary<(Type Kind, string Type), IConnectorFactory> factories;

    private ConnectorRegistry(
        Dictionary<(Type Kind, string Type), IConnectorFactory> factories,
        IReadOnlyList<ConnectorLibrary> libraries) => (this.factories, Libraries) = (factories, libraries);

    /// <summary>The libraries found in the folders, broken ones with their errors.</summary>
    public IReadOnlyList<ConnectorLibrary> Libraries { get; }

    /// <summary>
    /// Loads everything. Reports a library that cannot be loaded to <see cref="ConnectorServices.Warn"/> and leaves it
    /// out. A missing folder and a type that occurs twice are errors of the configuration.
    /// </summary>
    /// <param name="folders">The setting <c>connectors</c>: one folder or a list of folders.</param>
    public static ConnectorRegistry Load(ConfigField folders, ConnectorServices services)
    {
        var known = new Dictionary<(Type, string), IConnectorFactory>();
        foreach (var factory in ConnectorLibrary.FactoriesOf(Assembly.GetExecutingAssembly()))
        {
            foreach (var kind in KindsOf(factory))
                known.Add((kind, factory.Type), factory);
        }

        var libraries = new List<ConnectorLibrary>();
        foreach (var item in folders.List(MaxFoldersCount, FoldersAllowed))
        {
            if (item.Required(FoldersAllowed) is not { } path)
                continue;
            var folder = Path.GetFullPath(path, services.BaseFolder);
            if (!Directory.Exists(folder))
            {
                item.Fail(FoldersAllowed);
                continue;
            }

            foreach (var library in LoadFolder(folder, item))
            {
                libraries.Add(library);
                if (library.Error is not null)
                    services.Warn($"The connector library {library.Name} is left out: {library.Error}.");
                Add(known, library, item);
            }
        }

        return new ConnectorRegistry(known, libraries);
    }

    /// <summary>Null when there was an error.</summary>
    public IBroker? CreateBroker(ConfigField config, ConnectorServices services) =>
        Find<IBrokerFactory>(config)?.Create(config, services);

    /// <inheritdoc cref="CreateBroker"/>
    public IContentStore? CreateContentStore(ConfigField config, ConnectorServices services) =>
        Find<IContentStoreFactory>(config)?.Create(config, services);

    /// <inheritdoc cref="CreateBroker"/>
    public IMetadataStore? CreateMetadataStore(ConfigField config, ConnectorServices services) =>
        Find<IMetadataStoreFactory>(config)?.Create(config, services);

    /// <summary>The types that the configuration may name for one kind of factory, in order.</summary>
    public IReadOnlyList<string> Types<T>()
        where T : IConnectorFactory =>
        [.. factories.Keys.Where(key => key.Kind == typeof(T)).Select(key => key.Type).Order(StringComparer.Ordinal)];

    private T? Find<T>(ConfigField config)
        where T : class, IConnectorFactory
    {
        var allowed = string.Join(", ", Types<T>());
        if (config.Node is not ConfigMap map || !map.Fields.TryGetValue("type", out var node))
        {
            config.Fail(
                config.Node is ConfigMap ? "a map without type"
                    : config.IsSet ? "no map"
                    : "nothing",
                $"a map with a type: {allowed}");
            return null;
        }

        if (node is ConfigScalar { Text: var type } && factories.GetValueOrDefault((typeof(T), type)) is T factory)
            return factory;

        // A section allows only listed keys, so this lists all of them: the factory judges the others.
        config.Section([.. map.Fields.Keys])["type"].Fail(allowed);
        return null;
    }

    private static IReadOnlyList<ConnectorLibrary> LoadFolder(string folder, ConfigField item)
    {
        try
        {
            return ConnectorLibrary.LoadFolder(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            item.Fail("a folder that cannot be read", FoldersAllowed);
            return [];
        }
    }

    private static void Add(
        Dictionary<(Type Kind, string Type), IConnectorFactory> known, ConnectorLibrary library, ConfigField item)
    {
        foreach (var factory in library.Factories)
        {
            foreach (var kind in KindsOf(factory))
            {
                if (!known.TryAdd((kind, factory.Type), factory))
                {
                    var first = known[(kind, factory.Type)].GetType().Assembly.GetName().Name;
                    item.Fail(
                        $"the type {factory.Type} in {library.Name}, which {first} has too",
                        "libraries whose types are in no other library and not built in");
                }
            }
        }
    }

    private static IEnumerable<Type> KindsOf(IConnectorFactory factory) =>
        new[] { typeof(IBrokerFactory), typeof(IContentStoreFactory), typeof(IMetadataStoreFactory) }.Where(kind =>
            kind.IsInstanceOfType(factory));
}
