using Tributary.Connectors.Configuration;

namespace Tributary.Connectors;

/// <summary>
/// Makes connectors of one type. The platform finds every public implementation with a parameterless constructor in a
/// connector library, and looks it up by <see cref="Type"/>.
/// </summary>
public interface IConnectorFactory
{
    /// <summary>The value of <c>type</c> in the configuration.</summary>
    string Type { get; }
}

/// <inheritdoc/>
public interface IBrokerFactory : IConnectorFactory
{
    /// <summary>
    /// Reads the configuration and reports every error in it to <paramref name="config"/>. Connects to
    /// nothing. Null when there was an error.
    /// </summary>
    IBroker? Create(ConfigField config, ConnectorServices services);
}

/// <inheritdoc/>
public interface IContentStoreFactory : IConnectorFactory
{
    /// <inheritdoc cref="IBrokerFactory.Create"/>
    IContentStore? Create(ConfigField config, ConnectorServices services);
}

/// <inheritdoc/>
public interface IMetadataStoreFactory : IConnectorFactory
{
    /// <inheritdoc cref="IBrokerFactory.Create"/>
    IMetadataStore? Create(ConfigField config, ConnectorServices services);
}

/// <summary>The services that the host process gives to connectors.</summary>
/// <param name="Time">The clock, also for delays.</param>
/// <param name="Warn">Tells the operator one line without secrets.</param>
/// <param name="BaseFolder">The folder from which relative paths of the configuration start.</param>
public sealed record ConnectorServices(TimeProvider Time, Action<string> Warn, string BaseFolder);
